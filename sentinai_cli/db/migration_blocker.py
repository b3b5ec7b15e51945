"""Who holds what a migration waits for."""

from collections.abc import Sequence

import psycopg

from sentinai_cli.db.ddl.lock import locks
from sentinai_cli.db.ddl.statement import statements

_HOLDERS = """
    SELECT DISTINCT ON (activity.pid) activity.pid, activity.usename, activity.application_name, activity.state,
           activity.xact_start, locked.relation::regclass::text, locked.mode
    FROM pg_locks AS locked JOIN pg_stat_activity AS activity USING (pid)
    WHERE locked.granted AND locked.pid <> pg_backend_pid() AND locked.pid <> %(own)s
      AND locked.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND locked.relation = ANY (
          SELECT to_regclass(name) FROM unnest(%(tables)s::text[]) AS name
          UNION ALL
          SELECT indrelid FROM pg_index, unnest(%(tables)s::text[]) AS name WHERE indexrelid = to_regclass(name)
      )
    ORDER BY activity.pid, locked.mode
"""
_OLDEST = """
    SELECT pid, usename, application_name, state, xact_start, NULL, NULL
    FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
      AND pid <> pg_backend_pid() AND pid <> %(own)s
      AND (xact_start IS NOT NULL OR usename IS NULL OR backend_xmin IS NOT NULL)
    ORDER BY xact_start
"""
_SHOWN = 3


def blockers(connection: psycopg.Connection, failed: str | None, own: int) -> str:
    """Sentences about the sessions in the way of the statement `failed` of the backend `own`.

    What the others are running is left out: their statements may hold what nobody else should read.
    """
    tables = [_quoted(lock.table) for each in statements(failed or "") for lock in locks(each)]
    found: Sequence[tuple[object, ...]] = []
    if tables:
        found = connection.execute(_HOLDERS, {"own": own, "tables": tables}).fetchall()
    if not found:
        found = connection.execute(_OLDEST, {"own": own}).fetchall()
    told = [_sentence(row) for row in found[:_SHOWN]]
    if len(found) > _SHOWN:
        told.append(f"and {len(found) - _SHOWN} more")
    return "; ".join(told) or "whoever held the lock has let go meanwhile"


def _quoted(name: str) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


def _sentence(session: tuple[object, ...]) -> str:
    pid, user, application, state, since, table, mode = session
    who = f"pid {pid} ({user or 'another user'}, {application or 'no application name'})"
    doing = f"is {state}" if state else "is busy"
    begun = f" in a transaction since {since:%Y-%m-%d %H:%M:%S%z}" if since else ""
    holds = f" and holds {str(mode).removesuffix('Lock')} on {table}" if table else ""
    return f"{who} {doing}{begun}{holds}"
