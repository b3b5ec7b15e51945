"""Only one migration at a time, whoever starts it and however.

A blocking lock would deadlock with CREATE INDEX CONCURRENTLY, which waits for every older snapshot, the waiters'
included. So waiters poll, holding no transaction.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from sentinai_cli.errors import Conflict

KEY = 0x53454E54_49524149
"""The advisory lock of the database."""

_PAUSE = 0.2
_REPEAT = 15.0
_HOLDER = """
    SELECT activity.pid, activity.usename, activity.application_name, activity.backend_start
    FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid)
    WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
      AND held.classid::bigint = %s AND held.objid::bigint = %s
      AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@contextmanager
def migration_lock(
    connection: psycopg.Connection, *, say: Callable[[str], None], patience: float = 300.0
) -> Iterator[None]:
    """Hold the lock on `connection`, which must be direct and in autocommit. Raises Conflict after `patience` s.

    While it waits, `say` hears who holds it, again whenever that changes and every quarter of a minute.
    """
    began = told_at = time.monotonic()
    told = None
    while not _taken(connection):
        now = time.monotonic()
        holder = _holder(connection)
        if now - began > patience:
            raise Conflict(
                "migration_lock_held",
                f"another migration held the lock for all of {patience:g} s",
                why=holder or "it was released and taken again while waiting",
                fix="sentinai migrate",
            )
        if holder and (holder != told or now - told_at > _REPEAT):
            say(f"another migration holds the lock ({holder}); waiting")
            told, told_at = holder, now
        time.sleep(_PAUSE)
    try:
        # The lock lives as long as this session, however long the work takes.
        connection.execute("SELECT set_config('idle_session_timeout', '0', false)")
        yield
    finally:
        if not connection.closed and not connection.broken:
            connection.execute("SELECT pg_advisory_unlock(%s)", [KEY])


def _taken(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [KEY]).fetchone()
    return bool(row and row[0])


def _holder(connection: psycopg.Connection) -> str | None:
    row = connection.execute(_HOLDER, [KEY >> 32, KEY & 0xFFFF_FFFF]).fetchone()
    if row is None:
        return None
    pid, user, application, since = row
    connected = f", connected since {since:%Y-%m-%d %H:%M:%S%z}" if since else ""
    return f"pid {pid}, {user or 'another user'}, {application or 'no name'}{connected}"
