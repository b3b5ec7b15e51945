"""Only one migration at a time, whoever starts it and however.

A blocking lock would deadlock with CREATE INDEX CONCURRENTLY, which waits for every older snapshot, the waiters'
included. So waiters poll, holding no transaction.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from sentinai_cli.errors import Conflict

_KEY = 0x53454E54_49524149
_PAUSE = 0.2
_HOLDER = """
    SELECT activity.pid, activity.application_name, activity.backend_start
    FROM pg_locks AS held JOIN pg_stat_activity AS activity USING (pid)
    WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
      AND held.classid::bigint = %s AND held.objid::bigint = %s
      AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@contextmanager
def migration_lock(
    connection: psycopg.Connection, *, say: Callable[[str], None], patience: float = 300.0
) -> Iterator[None]:
    """Hold the lock on `connection`, which must be direct and in autocommit. Raises Conflict after `patience` s."""
    end = time.monotonic() + patience
    told = False
    while not _taken(connection):
        holder = _holder(connection)
        if not told and holder:
            say(f"another migration holds the lock ({holder}); waiting")
            told = True
        if time.monotonic() > end:
            raise Conflict(
                "migration_lock_held",
                "another migration holds the lock",
                why=holder or "it was released and taken again while waiting",
                fix="sentinai migrate",
            )
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", [_KEY])


def _taken(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT pg_try_advisory_lock(%s)", [_KEY]).fetchone()
    return bool(row and row[0])


def _holder(connection: psycopg.Connection) -> str | None:
    row = connection.execute(_HOLDER, [_KEY >> 32, _KEY & 0xFFFF_FFFF]).fetchone()
    return None if row is None else f"pid {row[0]}, {row[1] or 'no name'}, connected since {row[2]:%Y-%m-%d %H:%M:%S%z}"
