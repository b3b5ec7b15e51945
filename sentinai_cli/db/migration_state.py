"""Where a database stands among the revisions; reads only."""

from dataclasses import dataclass

import psycopg

from sentinai_cli.db.migration_script import head, revisions
from sentinai_cli.db.roles import OWNER
from sentinai_cli.models.database import SchemaState


def schema_state(connection: psycopg.Connection) -> tuple[SchemaState, str | None]:
    """The state of the schema and the revision it is at."""
    stand = look(connection)
    return stand.state, stand.revision


@dataclass(frozen=True)
class Stand:
    """`detail` is a sentence that says why the state is what it is."""

    state: SchemaState
    revision: str | None
    detail: str


def look(connection: psycopg.Connection) -> Stand:
    """Where the database stands."""
    found = _revisions(connection)
    if found is None:
        return Stand(SchemaState.FOREIGN, None, "it holds the revisions of another tool, which this login may not read")
    if not found:
        if strange := _strange_objects(connection):
            return Stand(SchemaState.FOREIGN, None, f"it holds what sentinai did not make: {', '.join(strange)}")
        return Stand(SchemaState.EMPTY, None, "it has no tables yet")
    revision = found[0]
    recorded = recorded_revisions(connection)
    if recorded is None:
        return Stand(SchemaState.FOREIGN, revision, "it holds the revisions of another tool that uses Alembic")
    if len(found) > 1:
        return Stand(SchemaState.DIVERGED, revision, f"it is at several revisions at once: {', '.join(sorted(found))}")
    return _among_ours(revision, recorded)


def _among_ours(revision: str, recorded: set[str]) -> Stand:
    known = revisions()
    if revision not in known:
        if revision not in recorded:
            why = f"it says it is at revision {revision}, of which nothing is recorded"
            return Stand(SchemaState.UNKNOWN, revision, why)
        if head() in recorded:
            why = f"a newer sentinai migrated it to {revision}; this one knows up to {head()}"
            return Stand(SchemaState.AHEAD, revision, why)
        why = f"it went to {revision} without passing {head()}: another line of development"
        return Stand(SchemaState.DIVERGED, revision, why)
    later = sorted(recorded - set(known[: known.index(revision) + 1]))
    if later:
        why = f"it says it is at {revision}, but {', '.join(later)} is recorded as applied"
        return Stand(SchemaState.DIVERGED, revision, why)
    if revision == head():
        return Stand(SchemaState.UP_TO_DATE, revision, "it is at the newest revision that this sentinai knows")
    count = len(known) - known.index(revision) - 1
    why = f"{count} revision{'s' if count > 1 else ''} to go, up to {head()}"
    return Stand(SchemaState.BEHIND, revision, why)


def recorded_revisions(connection: psycopg.Connection) -> set[str] | None:
    """The revisions that are recorded as applied; None without our record."""
    if not _exists(connection, "migration_record") or not _readable(connection, "migration_record"):
        return None
    return {row[0] for row in connection.execute("SELECT revision FROM public.migration_record").fetchall()}


def _revisions(connection: psycopg.Connection) -> list[str] | None:
    """What alembic_version says; None when it is somebody else's.

    A first migration that was cut off leaves the table empty and without the rights that revision 0001 gives on it.
    """
    if not _exists(connection, "alembic_version"):
        return []
    if not _readable(connection, "alembic_version"):
        return [] if _owner(connection, "alembic_version") == OWNER else None
    return [row[0] for row in connection.execute("SELECT version_num FROM public.alembic_version").fetchall()]


def _exists(connection: psycopg.Connection, table: str) -> bool:
    row = connection.execute("SELECT to_regclass(%s) IS NOT NULL", [f"public.{table}"]).fetchone()
    return bool(row and row[0])


def _readable(connection: psycopg.Connection, table: str) -> bool:
    row = connection.execute("SELECT has_table_privilege(%s, 'SELECT')", [f"public.{table}"]).fetchone()
    return bool(row and row[0])


def _owner(connection: psycopg.Connection, table: str) -> str | None:
    row = connection.execute(
        "SELECT relowner::regrole::text FROM pg_class WHERE oid = to_regclass(%s)", [f"public.{table}"]
    ).fetchone()
    return row[0] if row else None


def _strange_objects(connection: psycopg.Connection) -> list[str]:
    """Up to five tables, views and sequences, other than alembic_version, that no extension brought along."""
    found = connection.execute(
        """
        SELECT c.relname
        FROM pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
          AND c.relname <> 'alembic_version'
          AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
        ORDER BY c.relname
        LIMIT 5
        """
    )
    return [row[0] for row in found.fetchall()]
