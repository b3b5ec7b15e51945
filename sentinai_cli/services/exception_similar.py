"""Cases like one exception, and how those that are resolved were resolved."""

from collections.abc import Sequence
from datetime import datetime

from sentinai_cli.db.engine import Database
from sentinai_cli.db.repositories.exception_similar import SimilarRow
from sentinai_cli.db.work import Work
from sentinai_cli.models.event_list import EventListed
from sentinai_cli.models.exception import ExceptionFilter, ExceptionSummary, Status
from sentinai_cli.models.exception_resolution import TELLS_RESOLUTION, resolution_of
from sentinai_cli.models.exception_similar import (
    Likened,
    SimilarException,
    SimilarKey,
    SimilarList,
    SimilarPage,
    reasons,
)
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.similar_cursor import read_similar_cursor, write_similar_cursor
from sentinai_cli.services.exception import owner_of


def similar_exceptions(
    database: Database,
    scope: TenantScope | AllTenants,
    exception_id: str,
    chosen: ExceptionFilter,
    *,
    limit: int,
    cursor: str | None,
    most: int,
    now: datetime,
) -> SimilarList:
    """Up to `limit` exceptions of the same tenant that match, the most alike first.

    Looked at are the `most` newest of its type, of its entity and of its source. Raises NotFound, InvalidInput when
    several tenants in scope have an exception of that id, and for a cursor of another list.
    """
    with database.begin(scope, read_only=True) as work:
        asked = _likened(work, owner_of(work, scope, exception_id), exception_id)
        after = None if cursor is None else read_similar_cursor(cursor, asked, chosen, most)
        until = after.until if after else now
        candidates = work.exception_similars.candidates(asked, until=until, most=most)
        rows = work.exception_similars.ranked(asked, candidates.ids, chosen, after=after, limit=limit + 1)
        items = _with_resolutions(work, asked, rows[:limit])
    more = len(rows) > limit
    onward = None
    if more:
        last = items[-1]
        key = SimilarKey(last.score, last.created_at, last.exception_id, until)
        onward = write_similar_cursor(key, asked, chosen, most)
    page = SimilarPage(
        limit=limit,
        has_more=more,
        next=onward,
        total=None,
        scanned=len(candidates.ids),
        exhaustive=candidates.complete,
    )
    return SimilarList(items=tuple(items), page=page, exception_id=asked.exception_id, tenant_id=asked.tenant_id)


def _likened(work: Work, tenant_id: str, exception_id: str) -> Likened:
    row = work.exceptions.get(tenant_id, exception_id)
    assert row is not None
    summary = ExceptionSummary.model_validate({name: row[name] for name in ExceptionSummary.model_fields})
    return Likened.of(summary, row["raw_payload"])


def _with_resolutions(work: Work, asked: Likened, rows: Sequence[SimilarRow]) -> list[SimilarException]:
    resolved = [row.summary.exception_id for row in rows if row.summary.status is Status.RESOLVED]
    told: dict[str, list[EventListed]] = {name: [] for name in resolved}
    for event in work.event_lists.of_exceptions(asked.tenant_id, resolved, TELLS_RESOLUTION):
        told[event.exception_id].append(event)
    return [
        SimilarException(
            **dict(row.summary),
            score=row.score,
            reasons=reasons(asked, row.summary, row.shared, row.near),
            resolution=resolution_of(row.summary.created_at, told.get(row.summary.exception_id, ())),
        )
        for row in rows
    ]
