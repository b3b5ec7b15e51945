"""What health checks look at: one read-only moment of a database, with the thresholds that judge it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import namedtuple_row

from sentinai_cli.db.engine import Database
from sentinai_cli.db.isolation.moment import Look, ask
from sentinai_cli.db.queries import query
from sentinai_cli.db.roles import OPERATOR
from sentinai_cli.errors import Refused
from sentinai_cli.models.health import Seen
from sentinai_cli.models.health_threshold import DEFAULTS, Threshold

LOCK_TIMEOUT_MS = 100
STATEMENT_TIMEOUT_MS = 2_000


@dataclass
class Subject:
    """`connection` is a moment of the catalogue, as the login itself; `embedded` tells whether the server is ours.

    `now` is this machine's clock, `home` where the embedded server keeps its data, `pool` the most connections that
    this tool may open, and `connected` how long connecting took.
    """

    database: Database
    connection: psycopg.Connection
    embedded: bool
    now: Callable[[], datetime]
    thresholds: Mapping[str, Threshold] = field(default_factory=lambda: DEFAULTS)
    home: Path | None = None
    pool: int = 10
    connected: timedelta = timedelta()
    _known: dict[str, Any] = field(default_factory=dict, repr=False)

    def ask(self, question: Look) -> Seen:
        """Put one question to the catalogue; raises one of our errors when it cannot be answered."""
        return ask(self.connection, question)

    def rows(self, name: str, **values: object) -> list[Any]:
        """The rows of a stored query, by column name."""
        cursor = self.connection.cursor(row_factory=namedtuple_row)
        return cursor.execute(query(name), values).fetchall()

    def row(self, name: str, **values: object) -> Any:
        """The one row of a stored query."""
        (found,) = self.rows(name, **values)
        return found

    def once(self, name: str, read: Callable[[], Any]) -> Any:
        """What several checks go by is read once; what cannot be read is tried again."""
        if name not in self._known:
            self._known[name] = read()
        return self._known[name]

    @contextmanager
    def across_tenants(self) -> Iterator[None]:
        """Read tenants' rows inside the block, in the scope of all of them."""
        with self.connection.transaction(force_rollback=True):
            try:
                self.connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OPERATOR)))
            except psycopg.errors.InsufficientPrivilege as error:
                raise self._refused() from error
            yield

    def _refused(self) -> Refused:
        terms = " WITH INHERIT FALSE, SET TRUE" if self.version >= 16 else ""
        login = sql.Identifier(self.connection.info.user).as_string(self.connection)
        return Refused(
            "not_permitted",
            f"this login may not take the role {OPERATOR}, which reads across tenants",
            fix=f"GRANT {OPERATOR} TO {login}{terms};",
        )

    @cached_property
    def version(self) -> int:
        """The major version of the server."""
        return self.connection.info.server_version // 10_000
