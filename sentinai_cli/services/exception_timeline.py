"""What happened to one exception."""

from sentinai_cli.db.engine import Database
from sentinai_cli.models.exception_timeline import (
    ExceptionTimeline,
    entries,
    read_timeline_cursor,
    write_timeline_cursor,
)
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.exception import owner_of


def exception_timeline(
    database: Database, scope: TenantScope | AllTenants, exception_id: str, *, limit: int | None, cursor: str | None
) -> ExceptionTimeline:
    """Up to `limit` events, the first ones first, or all from `cursor` on.

    Raises NotFound, InvalidInput when several tenants in scope have an exception of that id, and for a cursor of
    another timeline.
    """
    with database.begin(scope, read_only=True) as work:
        tenant_id = owner_of(work, scope, exception_id)
        after = 0 if cursor is None else read_timeline_cursor(cursor, tenant_id, exception_id)
        row = work.exceptions.get(tenant_id, exception_id)
        assert row is not None
        before = work.events.numbered(tenant_id, exception_id, after) if after else None
        read = None if limit is None else limit + 1
        events = work.events.of_exception(tenant_id, exception_id, after=after, limit=read)
    kept = events if limit is None else events[:limit]
    more = len(events) > len(kept)
    onward = write_timeline_cursor(tenant_id, exception_id, kept[-1].event_no) if more else None
    return ExceptionTimeline(
        items=entries(kept, created_at=row["created_at"], before=before.created_at if before else None),
        page=Page(limit=limit, has_more=more, next=onward, total=row["last_event_no"]),
        tenant_id=tenant_id,
        exception_id=exception_id,
        created_at=row["created_at"],
    )
