"""What is being talked to, and what it holds."""

from sentinai_cli.db.engine import Database
from sentinai_cli.db.isolation import isolation
from sentinai_cli.db.migration_script import head
from sentinai_cli.db.migration_state import schema_state
from sentinai_cli.db.target import describe
from sentinai_cli.models.database import DatabaseStatus, SchemaState, TenantRows
from sentinai_cli.models.scope import AllTenants

_USABLE = (SchemaState.UP_TO_DATE, SchemaState.AHEAD, SchemaState.UNKNOWN)


def database_status(database: Database, *, profile: str, embedded: bool) -> DatabaseStatus:
    """The target, the state of its schema and isolation, and each tenant's rows."""
    with database.direct() as connection:
        state, _ = schema_state(connection)
        enforced = isolation(connection) if state in _USABLE else None
    target = describe(database, profile=profile, embedded=embedded)
    tenants: tuple[TenantRows, ...] = ()
    if state is SchemaState.UP_TO_DATE:
        with database.begin(AllTenants(), read_only=True) as work:
            tenants = tuple(work.exceptions.rows_by_tenant())
    return DatabaseStatus(target=target, schema_state=state, head_revision=head(), isolation=enforced, tenants=tenants)
