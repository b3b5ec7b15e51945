"""The operator journal, read; and readings entered in it."""

from collections.abc import Callable
from uuid import UUID

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import InvalidInput, NotFound, Refused, SentinaiError
from sentinai_cli.models.operation import Operation, OperationFilter, OperationKey, OperationList
from sentinai_cli.models.operation_cursor import read_cursor, write_cursor
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants, TenantScope

CHANGES = OperationFilter()
"""Everything but readings."""
_CHUNK = 1000
_NOT_CONNECTED = ("database_unavailable", "connection_lost", "database_not_found", "login_refused")


def list_operations(
    database: Database,
    chosen: OperationFilter = CHANGES,
    *,
    limit: int | None,
    cursor: str | None = None,
    total: bool = False,
) -> OperationList:
    """A page of operations, newest first; everything from `cursor` on when `limit` is None.

    Raises InvalidInput for a cursor of another filter.
    """
    after = None if cursor is None else read_cursor(cursor, chosen)
    with database.begin(AllTenants(), read_only=True) as work:
        found = _read(work, chosen, after, limit)
        count = work.operations.count(chosen) if total else None
    items = found if limit is None else found[:limit]
    has_more = len(found) > len(items)
    onward = write_cursor(_key(items[-1]), chosen) if has_more else None
    return OperationList(items=tuple(items), page=Page(limit=limit, has_more=has_more, next=onward, total=count))


def record_reading(database: Database, scope: TenantScope | AllTenants) -> str | None:
    """Enter that this command looks at all tenants, or exports; None, or why the database does not let it be entered.

    On a replica it cannot be, and that is no reason to read nothing. Whatever else is wrong, the reading will meet, but
    what keeps us from connecting is raised at once.
    """
    tenant_id = scope.tenant_id if isinstance(scope, TenantScope) else None
    return _unless_refused(database, scope, lambda work: work.record_reading(tenant_id=tenant_id))


def record_shell(database: Database) -> str | None:
    """Enter that somebody opened a shell, in which everything may be changed; None, or why as in `record_reading`."""
    return _unless_refused(database, AllTenants(), lambda work: work.record())


def _unless_refused(database: Database, scope: TenantScope | AllTenants, enter: Callable[[Work], object]) -> str | None:
    try:
        with database.begin(scope) as work:
            enter(work)
    except SentinaiError as error:
        if error.code in _NOT_CONNECTED:  # the reading would only wait for the same deadline once more
            raise
        return (error.why or error.what) if isinstance(error, Refused) else None
    return None


def _read(work: Work, chosen: OperationFilter, after: OperationKey | None, limit: int | None) -> list[Operation]:
    if limit is not None:
        return work.operations.page(chosen, after=after, limit=limit + 1)
    everything: list[Operation] = []
    while chunk := work.operations.page(chosen, after=after, limit=_CHUNK):
        everything += chunk
        after = _key(chunk[-1])
    return everything


def _key(entry: Operation) -> OperationKey:
    return OperationKey(entry.at, entry.operation_id)


def show_operation(database: Database, operation_id: str) -> Operation:
    """One operation. Raises NotFound, or InvalidInput for what is no operation id."""
    try:
        wanted = UUID(operation_id)
    except ValueError:
        raise InvalidInput(
            "invalid_operation_id", f"{operation_id[:80]!r} is not an operation id", fix="sentinai operations list"
        ) from None
    with database.begin(AllTenants(), read_only=True) as work:
        found = work.operations.get(wanted)
    if found is None:
        raise NotFound("operation_not_found", f"there is no operation {wanted}", fix="sentinai operations list")
    return found
