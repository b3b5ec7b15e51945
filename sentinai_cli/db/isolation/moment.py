"""One moment of the catalogue, looked at from several sides, each look on its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

import psycopg

from sentinai_cli.db.engine import LOCK_TIMEOUT_MS, Database
from sentinai_cli.db.failure import translated
from sentinai_cli.models.health import Seen

_TIMEOUT_MS = 10_000

Catalogue: TypeAlias = psycopg.Connection
Look: TypeAlias = Callable[[Catalogue], Seen]
Answer = TypeVar("Answer")


@contextmanager
def catalogue(
    database: Database, *, lock_ms: int = LOCK_TIMEOUT_MS, statement_ms: int = _TIMEOUT_MS
) -> Iterator[Catalogue]:
    """A read-only transaction around any pooler, of one moment, as the login itself, with short timeouts."""
    with database.direct() as connection, connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute(f"SET LOCAL lock_timeout = {lock_ms}")
        connection.execute(f"SET LOCAL statement_timeout = {statement_ms}")
        connection.execute("SET LOCAL search_path = public")  # so that names come out alike whatever the login has set
        yield connection


def ask(connection: Catalogue, question: Callable[[Catalogue], Answer]) -> Answer:
    """One question, which spoils no other: what it cannot see raises one of our errors."""
    with translated(), connection.transaction():
        return question(connection)
