"""Going from one revision to another: Alembic, driven one revision at a time on a connection of ours."""

import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import psycopg
from alembic import command
from psycopg import sql
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from sentinai_cli.db.engine import Database
from sentinai_cli.db.failure import from_sqlstate
from sentinai_cli.db.migration_archive import Losses, archive_losses, drops_anything, make_archive
from sentinai_cli.db.migration_blocker import blockers
from sentinai_cli.db.migration_index import invalid_indexes, repair_indexes, require_valid_indexes
from sentinai_cli.db.migration_script import BASE, before, between, config, find
from sentinai_cli.db.migration_session import (
    ATTEMPT_MS,
    LOCK_PATIENCE,
    MigrationSession,
    Say,
    migration_session,
)
from sentinai_cli.db.migration_state import look
from sentinai_cli.db.roles import OWNER, missing_roles
from sentinai_cli.db.schema import database_info
from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, Refused, Unavailable
from sentinai_cli.models.database import Environment, SchemaState
from sentinai_cli.models.migration import Archive, MigrationResult, MigrationReverted

Advance = Callable[[int], None]
Done = TypeVar("Done")

_PAUSE = 0.4
_LOCKED = ("55P03", "40P01")


def _ignore(_: int) -> None:
    """Nobody watches the progress."""


def upgrade(
    database: Database,
    *,
    say: Say,
    environment: Environment,
    to: str = "head",
    patience: float = LOCK_PATIENCE,
    advance: Advance = _ignore,
) -> MigrationResult:
    """Bring an empty or older database to a revision; `environment` marks a database that is new.

    Safe to run many times at once: whoever waited for the lock looks again and finds nothing to do. `patience` is how
    many seconds each revision waits for its locks, in all. Raises Conflict `migration_blocked` naming who holds them,
    CheckFailed `migration_failed`, InvalidInput for a revision that lies behind, NotFound for an unknown one; the
    schema is then at the last revision that was whole.
    """
    target = find(to)
    if (done := _nothing_to_do(database, target)) is not None:
        return done
    with migration_session(database, say=say, patience=patience) as session:
        current = session.stand.revision
        pending = between(current, target)
        if current != target and not pending:
            raise InvalidInput(
                "revision_behind",
                f"the database is at {current}, past {target}",
                why="going back is a command of its own",
                fix=f"sentinai migrate down {target}",
            )
        repaired = _repair(session, current, target, patience, say)
        for revision in pending:
            _patiently(session, revision, patience, say, partial(_up, session, revision, environment))
            advance(1)
        require_valid_indexes(session.keeper)
        marked = _mark(session.keeper)
    return MigrationResult(before=current, after=target, applied=tuple(pending), environment=marked, repaired=repaired)


def downgrade(
    database: Database,
    *,
    target: str | None,
    losses: Losses,
    say: Say,
    patience: float = LOCK_PATIENCE,
    advance: Advance = _ignore,
) -> MigrationReverted:
    """Take back the revisions after `target` (None: all), archiving what `losses` says of each, in its transaction.

    Raises like `upgrade`; the archive of a revision stands if and only if the revision was taken back.
    """
    with migration_session(database, say=say, patience=patience) as session:
        current = session.stand.revision
        reverting = tuple(reversed(between(target, current)))
        if current is None or (not reverting and current != target):
            raise InvalidInput("revision_ahead", f"the database is at {current or BASE}, not past {target}")
        if losses:
            make_archive(session.keeper)
        archives: list[Archive] = []
        for revision in reverting:
            archives += _patiently(session, revision, patience, say, partial(_down, session, revision, losses))
            advance(1)
    return MigrationReverted(before=current, after=target, reverted=reverting, archives=tuple(archives))


def _nothing_to_do(database: Database, target: str) -> MigrationResult | None:
    """The result, without the lock, where everything stands already."""
    with database.direct() as connection:
        stand = look(connection)
        if stand.state is not SchemaState.UP_TO_DATE or stand.revision != target:
            return None
        if invalid_indexes(connection) or missing_roles(connection):
            return None
        marked = _mark(connection)
    return MigrationResult(before=target, after=target, applied=(), environment=marked)


def _mark(connection: psycopg.Connection) -> Environment:
    row = connection.execute("SELECT environment FROM public.database_info").fetchone()
    assert row is not None
    return Environment(row[0])


def _repair(session: MigrationSession, current: str | None, target: str, patience: float, say: Say) -> tuple[str, ...]:
    """As the owner, on the keeper: building an index concurrently must not run in a transaction."""
    keeper = session.keeper
    keeper.execute(sql.SQL("SET ROLE {}; SET lock_timeout = {}").format(sql.Identifier(OWNER), round(patience * 1000)))
    try:
        return repair_indexes(keeper, current=current, target=target, say=say)
    finally:
        if not keeper.closed and not keeper.broken:
            keeper.execute("RESET ROLE; RESET lock_timeout")


def _up(session: MigrationSession, revision: str, environment: Environment) -> None:
    """The first revision and the mark of the database are one transaction: no cut leaves it with another mark."""
    running = config()
    running.attributes["connection"] = session.connection
    if before(revision) is not None:
        command.upgrade(running, revision)
        return
    with session.connection.begin():
        command.upgrade(running, revision)
        by = session.actor
        session.connection.execute(update(database_info).values(environment=environment.value, created_by=by))


def _down(session: MigrationSession, revision: str, losses: Losses) -> list[Archive]:
    running = config()
    running.attributes["connection"] = session.connection
    target = before(revision) or BASE
    if not drops_anything(revision):
        command.downgrade(running, target)
        return []
    with session.connection.begin():
        archives = archive_losses(session.connection, revision, losses.get(revision, ()))
        command.downgrade(running, target)
    return archives


def _patiently(
    session: MigrationSession, revision: str, patience: float, say: Say, attempt: Callable[[], Done]
) -> Done:
    """Repeat short attempts, each a transaction of its own, so that nobody queues behind one that waits for long."""
    end = time.monotonic() + patience
    told = ""
    while True:
        try:
            session.connection.exec_driver_sql(f"SET lock_timeout = {ATTEMPT_MS}")
            session.connection.commit()
            done = attempt()
            session.connection.commit()
            return done
        except DBAPIError as error:
            session.connection.rollback()
            cause = error.orig
            if not isinstance(cause, psycopg.Error) or cause.sqlstate not in _LOCKED:
                raise _failed(session, revision, cause) from error
            who = blockers(session.keeper, error.statement, session.backend)
            if time.monotonic() + _PAUSE > end:
                raise Conflict(
                    "migration_blocked",
                    f"revision {revision} got no lock within {patience:g} s; the schema is at {_at(session)}",
                    why=who,
                    fix="sentinai migrate --lock-timeout 60",
                ) from error
        if who != told:
            say(f"revision {revision} waits for a lock: {who}")
            told = who
        time.sleep(_PAUSE)


def _failed(session: MigrationSession, revision: str, cause: BaseException | None) -> Exception:
    if not isinstance(cause, psycopg.Error):
        return RuntimeError(f"revision {revision}: {cause}")
    message = cause.diag.message_primary or str(cause)
    known = from_sqlstate(cause.sqlstate, message)
    if isinstance(known, Unavailable | Refused):
        return known
    return CheckFailed(
        "migration_failed",
        f"revision {revision} failed and was taken back; the schema is at {_at(session)}",
        why=message,
        fix="sentinai migrate plan",
    )


def _at(session: MigrationSession) -> str:
    return look(session.keeper).revision or BASE
