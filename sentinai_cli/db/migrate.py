"""Alembic, driven on a connection of ours; no ini file, no output of its own."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext, MigrationInfo
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from sentinai_cli import __version__
from sentinai_cli.db.driver import driver
from sentinai_cli.db.engine import LOCK_TIMEOUT_MS, Database
from sentinai_cli.db.migration_lock import migration_lock
from sentinai_cli.db.roles import OWNER, bootstrap_roles
from sentinai_cli.db.schema import database_info, migration_record
from sentinai_cli.errors import CheckFailed
from sentinai_cli.models.database import Environment, MigrationResult, SchemaState
from sentinai_cli.resources import bundled

Say = Callable[[str], None]


@cache
def scripts() -> ScriptDirectory:
    """The revisions that this tool brings."""
    return ScriptDirectory.from_config(config())


def config() -> Config:
    """Alembic's configuration, pointing at the bundled migrations."""
    made = Config()
    made.set_main_option("script_location", str(bundled("migrations")).replace("%", "%%"))
    return made


def head() -> str:
    """The newest revision that this tool knows."""
    newest = scripts().get_current_head()
    assert newest is not None
    return newest


def checksum(revision: str) -> str:
    """SHA-256 over the revision's file, hex."""
    return hashlib.sha256(Path(scripts().get_revision(revision).path).read_bytes()).hexdigest()


def schema_state(connection: psycopg.Connection) -> tuple[SchemaState, str | None]:
    """The state of the schema and the revision it is at; changes nothing."""
    revisions = _revisions(connection)
    if not revisions:
        return (SchemaState.FOREIGN if _holds_strange_tables(connection) else SchemaState.EMPTY), None
    revision = revisions[0]
    if len(revisions) > 1 or not _exists(connection, "migration_record"):
        return SchemaState.FOREIGN, revision
    known = {script.revision for script in scripts().walk_revisions()}
    if revision not in known:
        return SchemaState.UNKNOWN, revision
    return (SchemaState.UP_TO_DATE if revision == head() else SchemaState.BEHIND), revision


@contextmanager
def migration_session(database: Database, *, say: Say) -> Iterator[Connection]:
    """A connection fit to migrate on: the lock held, the roles made, the owner's role and the timeouts taken.

    Raises CheckFailed for a database that is not ours to touch, Refused where roles cannot be made, Conflict when
    the lock does not come free.
    """
    with database.direct() as keeper, migration_lock(keeper, say=say):
        _refuse_unless_ours(database, keeper)
        bootstrap_roles(keeper)
        with database.direct_engine() as connection:
            driver(connection).execute(f"SET ROLE {OWNER}; SET lock_timeout = {LOCK_TIMEOUT_MS}")
            connection.commit()
            yield connection


def upgrade(database: Database, *, say: Say, environment: Environment) -> MigrationResult:
    """Bring an empty or older database to head; `environment` marks a database that is new.

    Safe to run many times at once: whoever waited for the lock looks again and finds nothing to do.
    """
    with migration_session(database, say=say) as connection:
        _, before = schema_state(driver(connection))
        connection.commit()
        pending = [script.revision for script in scripts().iterate_revisions("head", before or "base")]
        running = config()
        running.attributes["connection"] = connection
        command.upgrade(running, "head")
        if before is None:
            by = database.context.actor
            connection.execute(update(database_info).values(environment=environment.value, created_by=by))
        marked = Environment(connection.execute(select(database_info.c.environment)).scalar_one())
        connection.commit()
    return MigrationResult(before=before, after=head(), applied=tuple(reversed(pending)), environment=marked)


def record_version(ctx: MigrationContext, step: MigrationInfo, heads: object, run_args: object) -> None:
    """Alembic's on_version_apply: note which text of a revision was applied, and by which version of this tool."""
    connection, revision = ctx.connection, step.up_revision_id
    if ctx.as_sql or connection is None or revision is None:
        return
    if step.is_upgrade:
        entry = insert(migration_record).values(
            revision=revision, checksum=checksum(revision), tool_version=__version__
        )
        connection.execute(
            entry.on_conflict_do_update(
                constraint="pk_migration_record",
                set_={name: entry.excluded[name] for name in ("checksum", "applied_at", "tool_version")},
            )
        )
    elif step.down_revision_ids:
        connection.execute(delete(migration_record).where(migration_record.c.revision == revision))


def _refuse_unless_ours(database: Database, connection: psycopg.Connection) -> None:
    state, revision = schema_state(connection)
    if state is SchemaState.FOREIGN:
        raise CheckFailed(
            "foreign_database",
            f"{database.url.shown} belongs to something else",
            why="it holds tables or another tool's migrations that sentinai did not make; nothing was changed",
            fix="sentinai config show",
        )
    if state is SchemaState.UNKNOWN:
        raise CheckFailed(
            "unknown_revision",
            f"{database.url.shown} is at revision {revision}, which this sentinai does not know",
            why=f"a newer sentinai migrated it; this one knows up to {head()}",
            fix="pip install --upgrade sentinai-cli",
        )


def _revisions(connection: psycopg.Connection) -> list[str]:
    if not _exists(connection, "alembic_version"):
        return []
    return [row[0] for row in connection.execute("SELECT version_num FROM public.alembic_version").fetchall()]


def _exists(connection: psycopg.Connection, table: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{table}"]).fetchone()
    return bool(row and row[0])


def _holds_strange_tables(connection: psycopg.Connection) -> bool:
    """Tables, other than alembic_version, that no extension brought along."""
    row = connection.execute(
        """
        SELECT EXISTS (
            SELECT FROM pg_class AS c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
              AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
        )
        """
    ).fetchone()
    return bool(row and row[0])
