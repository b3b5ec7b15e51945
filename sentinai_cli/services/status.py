"""What is being talked to, what it holds, and what to do next."""

from datetime import datetime

from sentinai_cli.db.engine import Database
from sentinai_cli.db.holding import holdings
from sentinai_cli.db.isolation import isolation
from sentinai_cli.db.isolation.moment import Catalogue, ask, catalogue
from sentinai_cli.db.migration_script import head
from sentinai_cli.db.migration_state import schema_state
from sentinai_cli.db.target import describe_on
from sentinai_cli.errors import SentinaiError
from sentinai_cli.models.database import Isolation, SchemaState
from sentinai_cli.models.status import DatabaseStatus, Holdings

_USABLE = (SchemaState.UP_TO_DATE, SchemaState.AHEAD, SchemaState.UNKNOWN)
_LOCK_MS = 500
_STATEMENT_MS = 5_000


def database_status(database: Database, *, profile: str, embedded: bool, at: datetime) -> DatabaseStatus:
    """The target, the state of its schema and isolation, and what it holds at `at`, read in one moment.

    What is locked or out of reach for this login is told in `unread`, and is no error.
    """
    held: Holdings | None = None
    unread: str | None = None
    with catalogue(database, lock_ms=_LOCK_MS, statement_ms=_STATEMENT_MS) as connection:
        target = describe_on(connection, database, profile=profile, embedded=embedded)
        state, _ = schema_state(connection)
        enforced = _isolation(connection) if state in _USABLE else None
        if state is SchemaState.UP_TO_DATE:
            try:
                held = holdings(connection, at=at)
            except SentinaiError as error:
                unread = f"{error.what}: {error.why}" if error.why else error.what
    return DatabaseStatus(
        target=target,
        schema_state=state,
        head_revision=head(),
        isolation=enforced,
        holdings=held,
        unread=unread,
        next_command=_next(state, enforced, held),
    )


def _isolation(connection: Catalogue) -> Isolation | None:
    """Isolation in a word; None where a lock on some table hides its policies."""
    try:
        return ask(connection, isolation)
    except SentinaiError:
        return None


def _next(state: SchemaState, enforced: Isolation | None, held: Holdings | None) -> str:
    if state in (SchemaState.EMPTY, SchemaState.BEHIND):
        return "sentinai migrate"
    if state is not SchemaState.UP_TO_DATE:
        return "sentinai migrate status"
    if enforced is Isolation.DEGRADED:
        return "sentinai health isolation"
    if held is None:
        return "sentinai health --only blocking,migration_lock,isolation"
    if not held.tenant_count:
        return "sentinai seed"
    if any(tenant.breached for tenant in held.tenants):
        return "sentinai exceptions list --breached --sort deadline"
    if any(pack.pack is None for pack in held.packs):
        return "sentinai packs list"
    return "sentinai exceptions list --status open"
