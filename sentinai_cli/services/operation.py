"""The operator journal, read."""

from uuid import UUID

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.operation import Operation, OperationList
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants


def list_operations(database: Database, *, limit: int) -> OperationList:
    """The newest operations."""
    with database.begin(AllTenants(), read_only=True) as work:
        found = work.operations.newest(limit + 1)
    page = Page(limit=limit, has_more=len(found) > limit, next=None, total=None)
    return OperationList(items=tuple(found[:limit]), page=page)


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
