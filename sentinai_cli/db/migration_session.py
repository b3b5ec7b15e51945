"""A connection fit to migrate on: the lock held, the roles made, the owner's role and the timeouts taken."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, event

from sentinai_cli.db.ddl.statement import Statement, statements
from sentinai_cli.db.driver import driver
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migration_lock import migration_lock
from sentinai_cli.db.migration_state import Stand, look
from sentinai_cli.db.pooler import require_session
from sentinai_cli.db.roles import OWNER, bootstrap_roles
from sentinai_cli.errors import CheckFailed
from sentinai_cli.models.database import SchemaState

Say = Callable[[str], None]

ATTEMPT_MS = 100
"""How long one attempt waits for a lock. Whoever comes behind it in the queue waits no longer than this."""
LOCK_PATIENCE = 5.0
"""For how long attempts are repeated, in seconds."""
_IDLE_MS = 60_000

_STRANGE = {
    SchemaState.FOREIGN: ("foreign_database", "belongs to something else", "sentinai config show"),
    SchemaState.UNKNOWN: (
        "unknown_revision",
        "is at a revision that this sentinai does not know",
        "sentinai migrate history",
    ),
    SchemaState.AHEAD: ("schema_ahead", "is ahead of this sentinai", "pip install --upgrade sentinai-cli"),
    SchemaState.DIVERGED: ("schema_diverged", "has another history than this sentinai", "sentinai migrate history"),
}


@dataclass
class MigrationSession:
    """`connection` is the owner's, for the work; `keeper` holds the lock and is the login's own, in autocommit."""

    connection: Connection
    keeper: psycopg.Connection
    stand: Stand
    actor: str

    @property
    def backend(self) -> int:
        """The server process of `connection`, as the server counts them: a pooler makes up its own."""
        row = driver(self.connection).execute("SELECT pg_backend_pid()").fetchone()
        self.connection.rollback()
        assert row is not None
        return int(row[0])


@contextmanager
def migration_session(
    database: Database, *, say: Say, patience: float = LOCK_PATIENCE, attempt_ms: int = ATTEMPT_MS
) -> Iterator[MigrationSession]:
    """Enter with nobody else migrating.

    Statements that run CONCURRENTLY, which keep nobody from reading and writing, wait for locks as long as `patience`
    seconds, all others `attempt_ms`.

    Raises CheckFailed for a database that is not ours to touch, Refused where roles cannot be made, Conflict when
    the lock does not come free, InvalidInput behind a pooler that shares its connections.
    """
    with database.direct() as keeper:
        require_session(database, keeper)
        with migration_lock(keeper, say=say):
            stand = look(keeper)
            refuse_unless_ours(database, stand)
            bootstrap_roles(keeper)
            with database.direct_engine() as connection:
                for setting in (
                    f"ROLE {OWNER}",
                    "search_path = public",
                    f"lock_timeout = {attempt_ms}",
                    "statement_timeout = 0",
                    f"idle_in_transaction_session_timeout = {_IDLE_MS}",
                ):
                    connection.exec_driver_sql(f"SET {setting}")
                connection.commit()  # what is set in a transaction that rolls back would be lost
                _wait_longer_concurrently(connection, round(patience * 1000), attempt_ms)
                yield MigrationSession(connection, keeper, stand, database.context.actor)


def refuse_unless_ours(database: Database, stand: Stand) -> None:
    """Raises CheckFailed for a database that this tool must not migrate."""
    if stand.state in _STRANGE:
        code, words, fix = _STRANGE[stand.state]
        why = f"{stand.detail}; nothing was changed"
        raise CheckFailed(code, f"{database.url.shown} {words}", why=why, fix=fix)


def next_command(state: SchemaState) -> str | None:
    """What to do about a state."""
    if state in _STRANGE:
        return _STRANGE[state][2]
    return None if state is SchemaState.UP_TO_DATE else "sentinai migrate"


def _wait_longer_concurrently(connection: Connection, patience_ms: int, attempt_ms: int) -> None:
    def before(_: Any, cursor: psycopg.Cursor, statement: str, *__: Any) -> None:
        if _is_concurrent(statement):
            cursor.connection.execute(f"SET lock_timeout = {patience_ms}")

    def after(_: Any, cursor: psycopg.Cursor, statement: str, *__: Any) -> None:
        if _is_concurrent(statement):
            cursor.connection.execute(f"SET lock_timeout = {attempt_ms}")

    event.listen(connection, "before_cursor_execute", before)
    event.listen(connection, "after_cursor_execute", after)


def _is_concurrent(text: str) -> bool:
    return "CONCURRENTLY" in text.upper() and any(map(_says_concurrently, statements(text)))


def _says_concurrently(statement: Statement) -> bool:
    return statement.has("CONCURRENTLY") and not statement.starts("REFRESH")
