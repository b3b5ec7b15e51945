"""One connection, inside a deadline: transient failures are retried, permanent ones end at once."""

import time
from collections.abc import Callable

import psycopg
from psycopg.conninfo import make_conninfo

from sentinai_cli.db.watched_connection import WatchedConnection
from sentinai_cli.errors import NotFound, Refused, SentinaiError, Unavailable
from sentinai_cli.models.database_url import DatabaseUrl

_FULL = (
    "too many clients",
    "too many connections for",
    "remaining connection slots",
    "no more connections allowed",  # as a pooler says it
)
_TRANSIENT = (
    *_FULL,
    "the database system is starting up",
    "the database system is in recovery mode",
    "the database system is shutting down",
    "not yet accepting connections",
    "Connection reset",
    "server closed the connection unexpectedly",
)
_REFUSED = (
    "password authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "authentication failed",
    "permission denied for database",
    "role ",
)
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 1.0


def connect(
    url: DatabaseUrl, *, application_name: str, deadline: float, clock: Callable[[], float] = time.monotonic
) -> WatchedConnection:
    """Connect within `deadline` seconds.

    Raises Unavailable (unreachable, starting up, full), Refused (password, no right) or NotFound (no such database).
    """
    end = clock() + deadline
    pause = _FIRST_PAUSE
    while True:
        try:
            parameters: dict[str, str | int] = {
                **url.conninfo(),
                "application_name": application_name[:63],
                "connect_timeout": max(2, round(end - clock())),
            }
            return WatchedConnection.connect(make_conninfo("", **parameters), prepare_threshold=None)
        except psycopg.Error as error:
            if not _is_transient(error) or clock() + pause >= end:
                raise _explained(url, error) from None
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)


def _is_transient(error: psycopg.Error) -> bool:
    return any(words in str(error) for words in _TRANSIENT)


def _explained(url: DatabaseUrl, error: psycopg.Error) -> SentinaiError:
    """Libpq reports failed connects without a SQLSTATE: the server's words are all there is.

    A server that speaks another language ends in the general case, which is still true.
    """
    text = str(error)
    why = text.splitlines()[0].removeprefix("connection failed: ").removeprefix("connection is bad: ")
    if any(words in text for words in _FULL):
        return Unavailable(
            "server_full", f"the server has no connection left for us: {url.shown}", why=why, fix="sentinai db wait"
        )
    if "database " in text and "does not exist" in text:
        return NotFound(
            "database_not_found", f"the server has no such database: {url.shown}", why=why, fix="sentinai config show"
        )
    if any(words in text for words in _REFUSED):
        return Refused(
            "login_refused", f"the server refused the login: {url.shown}", why=why, fix="sentinai config show"
        )
    return Unavailable("database_unavailable", f"cannot reach {url.shown}", why=why, fix="sentinai config show")
