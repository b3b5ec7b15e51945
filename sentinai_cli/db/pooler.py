"""Whether a pooler that shares its connections stands between us and the server.

Session locks, SET ROLE and an exported snapshot need one server session from the first to the last statement. Behind
a pooler in transaction mode two clients hold the same advisory lock at once, and neither hears of it.
"""

from typing import TYPE_CHECKING

import psycopg

from sentinai_cli.errors import InvalidInput

if TYPE_CHECKING:
    from sentinai_cli.db.engine import Database

_PID = "SELECT pg_backend_pid()"
_ROUNDS = 3


def require_session(database: "Database", connection: psycopg.Connection) -> None:
    """Return when `connection`, in autocommit and of `database.direct()`, has a server session to itself.

    Raises InvalidInput `direct_url_needed` otherwise.
    """
    if _pid(connection) == connection.info.backend_pid:
        return  # the server itself answered the connect: a pooler makes up its own process ids
    with database.direct() as other:
        for _ in range(_ROUNDS):
            before = _pid(connection)
            with other.transaction():
                theirs = _pid(other)
                if theirs == before or _pid(connection) != before:
                    raise _direct_url_needed(database)


def _pid(connection: psycopg.Connection) -> int:
    row = connection.execute(_PID).fetchone()
    assert row is not None
    return int(row[0])


def _direct_url_needed(database: "Database") -> InvalidInput:
    return InvalidInput(
        "direct_url_needed",
        "this command needs a connection of its own, and a pooler shares them",
        why=f"{database.direct_url.shown} is a pooler in transaction mode; name the server behind it with "
        "SENTINAI_DIRECT_URL, or direct_url in the profile",
        fix="sentinai config show",
    )
