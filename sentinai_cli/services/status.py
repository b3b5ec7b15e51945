"""What is being talked to, and what it holds."""

import psycopg

from sentinai_cli.db.engine import Database
from sentinai_cli.db.isolation import isolation
from sentinai_cli.db.migrate import head, schema_state
from sentinai_cli.models.database import DatabaseStatus, Environment, SchemaState, Target, TenantRows
from sentinai_cli.models.scope import AllTenants

_USABLE = (SchemaState.UP_TO_DATE, SchemaState.UNKNOWN)


def describe_target(database: Database, *, profile: str, embedded: bool) -> Target:
    """Where the work goes: asked of the server, whatever state its schema is in."""
    with database.direct() as connection:
        return _target(database, connection, profile=profile, embedded=embedded)


def database_status(database: Database, *, profile: str, embedded: bool) -> DatabaseStatus:
    """The target, the state of its schema and isolation, and each tenant's rows."""
    with database.direct() as connection:
        target = _target(database, connection, profile=profile, embedded=embedded)
        state, _ = schema_state(connection)
        enforced = isolation(connection) if state in _USABLE else None
    tenants: tuple[TenantRows, ...] = ()
    if state is SchemaState.UP_TO_DATE:
        with database.begin(AllTenants(), read_only=True) as work:
            tenants = tuple(work.exceptions.rows_by_tenant())
    return DatabaseStatus(target=target, schema_state=state, head_revision=head(), isolation=enforced, tenants=tenants)


def _target(database: Database, connection: psycopg.Connection, *, profile: str, embedded: bool) -> Target:
    state, revision = schema_state(connection)
    environment = None
    if revision is not None and state is not SchemaState.FOREIGN:
        row = connection.execute("SELECT environment FROM database_info").fetchone()
        environment = Environment(row[0]) if row else None
    return Target(
        profile=profile,
        database=database.url.shown,
        embedded=embedded,
        server_version=(connection.info.parameter_status("server_version") or "unknown").split()[0],
        revision=revision,
        environment=environment,
    )
