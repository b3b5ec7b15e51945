"""Exceptions: find and understand."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.exception import (
    ExceptionDetail,
    ExceptionFilter,
    ExceptionKey,
    ExceptionList,
    ExceptionPage,
    ExceptionStats,
    ExceptionSummary,
    ExceptionTotal,
    Sort,
    Status,
)
from sentinai_cli.models.exception_cursor import read_cursor, write_cursor
from sentinai_cli.models.exception_record import ExceptionRecord
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.tenant import require_tenant

ReadScope = TenantScope | AllTenants
SCAN_LIMIT = 100_000
"""Rows that are looked at for one page where no index answers the filter."""
_CHUNK = 1000
_STEP = 2000


def list_exceptions(
    database: Database,
    scope: ReadScope,
    chosen: ExceptionFilter,
    *,
    limit: int | None,
    cursor: str | None = None,
    total: bool = False,
    sort: Sort = Sort.CREATED,
    spelled: tuple[str, ...] = (),
    scan_limit: int = SCAN_LIMIT,
) -> ExceptionList:
    """A page of exceptions; everything from `cursor` on when `limit` is None.

    Where no index answers the filter, a page ends once `scan_limit` rows were looked at. `spelled` is how times were
    given that mean another moment when said again. Raises NotFound for an unknown tenant and InvalidInput for a cursor
    of another filter.
    """
    if limit is None:
        rows = tuple(stream_exceptions(database, scope, chosen, cursor=cursor, sort=sort, spelled=spelled))
        return ExceptionList(
            items=rows, page=ExceptionPage(limit=None, has_more=False, next=None, total=len(rows) if total else None)
        )
    after, chosen = _start(cursor, scope, chosen, sort, spelled)
    with database.begin(scope, read_only=True) as work:
        found = _read(work, chosen, after, limit=limit, sort=sort, scan_limit=scan_limit)
        if not found.rows:
            require_tenant(work, scope)  # rows say themselves that their tenant exists, and this is asked often
        count = work.exceptions.count(chosen) if total else None
    onward = None if found.last is None else write_cursor(found.last, scope, chosen, sort=sort, spelled=spelled)
    page = ExceptionPage(limit=limit, has_more=onward is not None, next=onward, total=count, scanned=found.scanned)
    return ExceptionList(items=tuple(found.rows), page=page)


def stream_exceptions(
    database: Database,
    scope: ReadScope,
    chosen: ExceptionFilter,
    *,
    cursor: str | None = None,
    sort: Sort = Sort.CREATED,
    spelled: tuple[str, ...] = (),
) -> Iterator[ExceptionSummary]:
    """Every exception that matches, as of one moment, holding a thousand at a time. Raises as `list_exceptions`."""
    after, chosen = _start(cursor, scope, chosen, sort, spelled)
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        while chunk := work.exceptions.page(chosen, after=after, limit=_CHUNK, sort=sort):
            yield from chunk
            after = ExceptionKey.of(chunk[-1])


def export_exceptions(database: Database, scope: ReadScope, chosen: ExceptionFilter) -> Iterator[ExceptionRecord]:
    """Every record that matches, newest first, as of one moment, holding a thousand at a time. Raises NotFound."""
    after: ExceptionKey | None = None
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        while chunk := work.exceptions.records(chosen, after=after, limit=_CHUNK):
            yield from (record for _, record in chunk)
            after = chunk[-1][0]


def count_exceptions(database: Database, scope: ReadScope, chosen: ExceptionFilter, *, at: datetime) -> ExceptionTotal:
    """How many match now, at `at`. Raises NotFound for an unknown tenant."""
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        return ExceptionTotal(count=work.exceptions.count(chosen), at=at)


def detail_of(work: Work, scope: ReadScope, exception_id: str) -> ExceptionDetail:
    """One exception with its payload and all events.

    Raises NotFound, and InvalidInput when several tenants in scope have an exception of that id.
    """
    tenant_id = owner_of(work, scope, exception_id)
    row = work.exceptions.get(tenant_id, exception_id)
    assert row is not None
    known = {name: row[name] for name in ExceptionDetail.model_fields if name in row}
    return ExceptionDetail(**known, events=tuple(work.events.of_exception(tenant_id, exception_id)))


def exception_stats(database: Database, scope: ReadScope, chosen: ExceptionFilter, *, at: datetime) -> ExceptionStats:
    """Counts by tenant, type, status and severity. Raises NotFound for an unknown tenant."""
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        groups = work.exceptions.groups(chosen)
        breached = work.exceptions.count_breached(chosen, at)
    return ExceptionStats(
        items=tuple(groups),
        page=Page.of_all(len(groups)),
        at=at,
        exceptions=sum(group.count for group in groups),
        unresolved=sum(group.count for group in groups if group.status is not Status.RESOLVED),
        breached=breached,
    )


def owner_of(work: Work, scope: ReadScope, exception_id: str) -> str:
    """The tenant that has this exception.

    Raises NotFound for an unknown tenant or exception, and InvalidInput when several tenants in scope have one of
    that id.
    """
    require_tenant(work, scope)
    owners = work.exceptions.owners_of(exception_id)
    if not owners:
        raise unknown_exception(exception_id)
    if len(owners) > 1:
        raise InvalidInput(
            "exception_ambiguous",
            f"{len(owners)} tenants have an exception {exception_id}",
            why=", ".join(owners),
            fix=f"sentinai exceptions show {exception_id} --tenant {owners[0]}",
        )
    return owners[0]


def unknown_exception(exception_id: str) -> NotFound:
    """The failure of naming an exception that does not exist."""
    return NotFound(
        "exception_not_found", f"there is no exception {exception_id[:128]}", fix="sentinai exceptions list"
    )


def _start(
    cursor: str | None, scope: ReadScope, chosen: ExceptionFilter, sort: Sort, spelled: tuple[str, ...]
) -> tuple[ExceptionKey | None, ExceptionFilter]:
    return (None, chosen) if cursor is None else read_cursor(cursor, scope, chosen, sort=sort, spelled=spelled)


class _Found(NamedTuple):
    """A page; `last` is where the next one starts, None when there is nothing more."""

    rows: list[ExceptionSummary]
    last: ExceptionKey | None
    scanned: int | None


def _read(
    work: Work, chosen: ExceptionFilter, after: ExceptionKey | None, *, limit: int, sort: Sort, scan_limit: int
) -> _Found:
    if chosen.walks:
        return _walk(work, chosen, after, limit=limit, sort=sort, scan_limit=scan_limit)
    rows = work.exceptions.page(chosen, after=after, limit=limit + 1, sort=sort)
    return _Found(rows[:limit], ExceptionKey.of(rows[limit - 1]) if len(rows) > limit else None, None)


def _walk(
    work: Work, chosen: ExceptionFilter, after: ExceptionKey | None, *, limit: int, sort: Sort, scan_limit: int
) -> _Found:
    """Look at rows until one more than `limit` fits, enough were looked at, or there are no more."""
    rows: list[ExceptionSummary] = []
    scanned, last = 0, after
    for step in work.exceptions.walk(chosen, after=after, step=min(_STEP, scan_limit), sort=sort):
        for place, row in step.found:
            if len(rows) == limit:
                return _Found(rows, ExceptionKey.of(rows[-1]), scanned + place)
            rows.append(row)
        scanned, last = scanned + step.scanned, step.last or last
        if scanned >= scan_limit:
            return _Found(rows, last, scanned)
    return _Found(rows, None, scanned)
