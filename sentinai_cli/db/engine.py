"""The database as the services see it: a scope in, a transaction out."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from sentinai_cli.db.connect import connect
from sentinai_cli.db.driver import driver
from sentinai_cli.db.failure import translated
from sentinai_cli.db.program_environment import without_libpq_variables
from sentinai_cli.db.roles import APP, OPERATOR, OWNER
from sentinai_cli.db.watched_connection import WatchedConnection, is_lost
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.operation_context import OperationContext
from sentinai_cli.models.scope import Maintenance, Scope, TenantScope

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from sentinai_cli.db.work import Work

for _name in ("psycopg", "sqlalchemy.pool"):
    logging.getLogger(_name).addHandler(logging.NullHandler())  # what they log of a lost connection, our error tells

LOCK_TIMEOUT_MS = 5_000
STATEMENT_TIMEOUT_MS = 300_000


class Database:
    """One database. Nothing connects before the first `begin`.

    `private` is for the embedded server: the `PG*` variables of the surroundings mean some other server. Times are in
    seconds; after `answer_timeout` without a sign of the server it is asked over a second connection whether it lives.
    """

    def __init__(
        self,
        url: DatabaseUrl,
        *,
        context: OperationContext,
        direct_url: DatabaseUrl | None = None,
        private: bool = False,
        connect_timeout: float = 10.0,
        answer_timeout: float = 30.0,
        pool_size: int = 5,
        max_overflow: int = 5,
        pool_timeout: float = 30.0,
        echo: bool = False,
    ) -> None:
        self.url = url
        self.context = context
        self.direct_url = direct_url or url
        self.private = private
        self._connect_timeout = connect_timeout
        self.answer_timeout = answer_timeout
        self._pool = {"pool_size": pool_size, "max_overflow": max_overflow, "pool_timeout": pool_timeout}
        self._echo = echo

    @contextmanager
    def begin(self, scope: Scope, *, read_only: bool = False, snapshot: str | None = None) -> "Iterator[Work]":
        """One transaction in one scope; commits on a clean exit, rolls back on any error.

        `read_only` is enforced by the server, and all that is read is of one moment: that of the transaction which
        exported `snapshot`, if one is given, for as long as that transaction lasts. Driver errors become ours:
        Unavailable, Conflict, Refused, InvalidInput for text that no database stores, and CheckFailed `schema_behind`
        when tables or roles are not there.
        """
        from sentinai_cli.db.work import Work  # here, since a look at the catalogue does without all repositories

        with translated(), self._engine.connect() as connection, connection.begin():
            enter(connection, scope, read_only=read_only, snapshot=snapshot)
            yield Work(connection, scope, self.context)

    @contextmanager
    def direct(self, *, deadline: float | None = None) -> Iterator[psycopg.Connection]:
        """A bare autocommit connection around any pooler, for migrations, locks and catalogue questions.

        `deadline` is in seconds, for connecting and for each silence; without it the configured ones hold.
        """
        with translated():
            connection = self._open(self.direct_url, deadline)
            try:
                connection.autocommit = True
                yield connection
            finally:
                connection.close()

    @contextmanager
    def direct_engine(self) -> "Iterator[Connection]":
        """Like `direct`, as SQLAlchemy wants it, for Alembic."""
        engine = self._make_engine(self.direct_url)
        try:
            with translated(), engine.connect() as connection:
                yield connection
        finally:
            engine.dispose()

    def beside(self, name: str) -> "Database":
        """Another database on the same server, by the same login and around any pooler."""
        return Database(
            replace(self.direct_url, database=name),
            context=self.context,
            private=self.private,
            connect_timeout=self._connect_timeout,
            answer_timeout=self.answer_timeout,
            echo=self._echo,
        )

    def __getstate__(self) -> dict[str, object]:
        """On the way to another process, without the connections."""
        return {name: value for name, value in self.__dict__.items() if name != "_engine"}

    def close(self) -> None:
        """Give the pool's connections back to the server."""
        if "_engine" in self.__dict__:
            self._engine.dispose()

    @cached_property
    def _engine(self) -> "Engine":
        return self._make_engine(self.url)

    def _make_engine(self, url: DatabaseUrl) -> "Engine":
        from sqlalchemy import create_engine

        from sentinai_cli.db.dialect import URL

        return create_engine(
            URL,
            creator=lambda: self._open(url),
            echo=self._echo,
            hide_parameters=True,
            use_native_hstore=False,
            **self._pool,
        )

    @property
    def application_name(self) -> str:
        """What the server's lists of sessions call us."""
        return f"sentinai/{self.context.tool_version}:{self.context.command}"

    def is_silent(self) -> bool:
        """Whether the server does not answer a new connection around any pooler, within `connect_timeout` each way."""
        return is_lost(None, partial(self._ask, self.direct_url, None))

    def _open(self, url: DatabaseUrl, deadline: float | None = None) -> psycopg.Connection:
        connection = self._connect(url, deadline)
        ask = partial(self._ask, url, deadline)
        connection.watch(deadline or self.answer_timeout, partial(is_lost, connection.info.backend_pid, ask))
        return connection

    def _ask(self, url: DatabaseUrl, deadline: float | None) -> psycopg.Connection:
        """A connection to ask for another one, which is itself lost when it is silent."""
        connection = self._connect(url, deadline)
        connection.watch(deadline or self._connect_timeout, lambda: True)
        return connection

    def _connect(self, url: DatabaseUrl, deadline: float | None) -> WatchedConnection:
        with without_libpq_variables() if self.private else nullcontext():
            return connect(url, application_name=self.application_name, deadline=deadline or self._connect_timeout)


def enter(connection: "Connection", scope: Scope, *, read_only: bool, snapshot: str | None = None) -> None:
    """Take the scope's role and setting, for this transaction only: a pooler hands the session to others."""
    enter_bare(driver(connection), scope, read_only=read_only, snapshot=snapshot)


def enter_bare(connection: psycopg.Connection, scope: Scope, *, read_only: bool, snapshot: str | None = None) -> None:
    """As `enter`, inside an open transaction of a driver's connection."""
    timeouts = f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}; SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"
    entry = f"{_entry(scope, read_only, snapshot)}; {timeouts}"
    connection.execute(entry.encode(connection.info.encoding))


@lru_cache(maxsize=256)
def _entry(scope: Scope, read_only: bool, snapshot: str | None) -> str:
    """The statements that take a scope; put together once, since a short transaction would spend a tenth on it.

    The tenant travels as a literal in SET LOCAL; set_config() would stay behind on a distributed engine.
    """
    match scope:
        case TenantScope():
            role = APP
        case Maintenance():
            role = OWNER
        case _:
            role = OPERATOR
    settings = [
        sql.SQL("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY") if read_only else None,
        sql.SQL("SET TRANSACTION SNAPSHOT {}").format(snapshot) if snapshot else None,
        sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)),
        sql.SQL("SET LOCAL sentinai.tenant_id = {}").format(scope.tenant_id)
        if isinstance(scope, TenantScope)
        else None,
    ]
    return sql.SQL("; ").join([setting for setting in settings if setting is not None]).as_string(None)
