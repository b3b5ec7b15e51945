"""Exceptions: find and understand."""

from datetime import datetime

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.exception import (
    ExceptionDetail,
    ExceptionFilter,
    ExceptionKey,
    ExceptionList,
    ExceptionStats,
    ExceptionSummary,
    Status,
)
from sentinai_cli.models.exception_cursor import read_cursor, write_cursor
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.tenant import unknown_tenant

ReadScope = TenantScope | AllTenants
_CHUNK = 1000


def list_exceptions(
    database: Database,
    scope: ReadScope,
    chosen: ExceptionFilter,
    *,
    limit: int | None,
    cursor: str | None = None,
    total: bool = False,
) -> ExceptionList:
    """A page of exceptions, newest first; everything from `cursor` on when `limit` is None.

    Raises NotFound for an unknown tenant and InvalidInput for a cursor of another filter.
    """
    after = None if cursor is None else read_cursor(cursor, scope, chosen)
    with database.begin(scope, read_only=True) as work:
        _require_tenant(work, scope)
        found = _read(work, chosen, after, limit)
        count = work.exceptions.count(chosen) if total else None
    items = found if limit is None else found[:limit]
    has_more = len(found) > len(items)
    onward = write_cursor(_key(items[-1]), scope, chosen) if has_more else None
    return ExceptionList(items=tuple(items), page=Page(limit=limit, has_more=has_more, next=onward, total=count))


def show_exception(database: Database, scope: ReadScope, exception_id: str) -> ExceptionDetail:
    """One exception with its payload and timeline.

    Raises NotFound, and InvalidInput when several tenants in scope have an exception of that id.
    """
    with database.begin(scope, read_only=True) as work:
        tenant_id = owner_of(work, scope, exception_id)
        row = work.exceptions.get(tenant_id, exception_id)
        assert row is not None
        events = work.events.of_exception(tenant_id, exception_id)
    known = {name: row[name] for name in ExceptionDetail.model_fields if name in row}
    return ExceptionDetail(**known, events=tuple(events))


def exception_stats(database: Database, scope: ReadScope, chosen: ExceptionFilter, *, at: datetime) -> ExceptionStats:
    """Counts by tenant, type, status and severity. Raises NotFound for an unknown tenant."""
    with database.begin(scope, read_only=True) as work:
        _require_tenant(work, scope)
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
    _require_tenant(work, scope)
    owners = work.exceptions.owners_of(exception_id)
    if not owners:
        raise NotFound(
            "exception_not_found", f"there is no exception {exception_id[:128]}", fix="sentinai exceptions list"
        )
    if len(owners) > 1:
        raise InvalidInput(
            "exception_ambiguous",
            f"{len(owners)} tenants have an exception {exception_id}",
            why=", ".join(owners),
            fix=f"sentinai exceptions show {exception_id} --tenant {owners[0]}",
        )
    return owners[0]


def _require_tenant(work: Work, scope: ReadScope) -> None:
    """Nothing found must mean that nothing matches, never that the tenant was mistyped."""
    if isinstance(scope, TenantScope) and work.tenants.get(scope.tenant_id) is None:
        raise unknown_tenant(scope.tenant_id)


def _read(work: Work, chosen: ExceptionFilter, after: ExceptionKey | None, limit: int | None) -> list[ExceptionSummary]:
    if limit is not None:
        return work.exceptions.page(chosen, after=after, limit=limit + 1)
    everything: list[ExceptionSummary] = []
    while chunk := work.exceptions.page(chosen, after=after, limit=_CHUNK):
        everything += chunk
        after = _key(chunk[-1])
    return everything


def _key(row: ExceptionSummary) -> ExceptionKey:
    return ExceptionKey(created_at=row.created_at, exception_id=row.exception_id, tenant_id=row.tenant_id)
