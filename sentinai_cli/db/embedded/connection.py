"""Talking to the server: is anybody listening, is it ours, is it ready."""

import socket
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

from sentinai_cli.db.embedded.layout import PORT, Layout
from sentinai_cli.db.embedded.settings import DATABASE, ROLE
from sentinai_cli.db.program_environment import without_libpq_variables
from sentinai_cli.errors import Unavailable

_MAINTENANCE_DATABASE = "postgres"
_NOT_YET = (
    "starting up",
    "shutting down",
    "not yet accepting",
    "recovery",
    "server closed the connection",
    "terminating connection",
    "Connection refused",
    "No such file or directory",
)
"""What is said while a server comes or goes; whether one is there is asked anew each time."""


class Readiness(Enum):
    ABSENT = "nobody listens"
    NOT_YET = "the server starts, recovers or stops"
    NO_DATABASE = "the server is ours and ready, and the database is missing"
    READY = "the server and the database are there"


class Facts(NamedTuple):
    version: str
    started_at: datetime
    size_bytes: int


def is_listening(layout: Layout) -> bool:
    """Whether a living process listens on the socket; a file that a dead server left does not count."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(layout.socket))
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            return False
        except BlockingIOError:  # its queue is full, so there is one
            return True
    return True


def readiness(layout: Layout) -> Readiness:
    """How far the server on the socket is. Raises Unavailable when it refuses us for good or serves other data."""
    if not is_listening(layout):
        return Readiness.ABSENT
    for database, answer in ((DATABASE, Readiness.READY), (_MAINTENANCE_DATABASE, Readiness.NO_DATABASE)):
        try:
            with _connect(layout.socket_directory, database) as connection:
                _prove(connection, layout.data)
                return answer
        except psycopg.OperationalError as error:
            said = str(error).replace(str(layout.socket_directory), "…")
            if f'database "{database}" does not exist' in said:
                continue
            if any(sign in said for sign in _NOT_YET) or not is_listening(layout):
                return Readiness.NOT_YET
            raise _unavailable(said) from None
    raise _unavailable("neither its own database nor the maintenance database exists")


def make_database(layout: Layout) -> None:
    """Create the database on a server that is ready. To be called under the lock."""
    with _connect(layout.socket_directory, _MAINTENANCE_DATABASE) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def facts(layout: Layout) -> Facts | None:
    """What only the running server knows; None while it does not answer."""
    try:
        with _connect(layout.socket_directory, _MAINTENANCE_DATABASE) as connection:
            _prove(connection, layout.data)
            row = connection.execute(
                "SELECT current_setting('server_version'), pg_postmaster_start_time(),"
                " (SELECT sum(pg_database_size(oid))::bigint FROM pg_database)"
            ).fetchone()
    except psycopg.OperationalError:
        return None
    return Facts(*row) if row else None


def _connect(directory: Path, database: str) -> psycopg.Connection[tuple[Any, ...]]:
    with without_libpq_variables():
        return psycopg.connect(
            host=str(directory),
            port=PORT,
            user=ROLE,
            dbname=database,
            connect_timeout=10,
            application_name="sentinai",
            autocommit=True,
        )


def _prove(connection: psycopg.Connection[tuple[Any, ...]], data: Path) -> None:
    row = connection.execute("SELECT current_setting('data_directory')").fetchone()
    served = row[0] if row else None
    if served != str(data):
        raise Unavailable(
            "embedded_foreign_server",
            f"the server on the embedded server's socket serves other data: {served}",
            why=f"expected {data}; was the home moved or copied while the server ran?",
            fix="sentinai db stop",
        )


def _unavailable(said: str) -> Unavailable:
    return Unavailable(
        "embedded_not_answering",
        "the embedded server runs but does not let us in",
        why=said.strip().splitlines()[-1],
        fix="sentinai db logs",
    )
