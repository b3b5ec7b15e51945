"""SQLAlchemy's dialect for PostgreSQL without the questions that it asks every server first.

A command opens one connection and asks one thing: five questions before that would be most of its time far from the
server. What they are about, the server says when a connection is opened, or our transactions decide for themselves.
"""

import psycopg
from sqlalchemy import Connection
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine.interfaces import DBAPIConnection, IsolationLevel

from sentinai_cli.db.driver import driver

URL = "postgresql+sentinai://"
"""What `create_engine` makes an engine of this dialect from."""


class Dialect(PGDialect_psycopg):
    """Isolation is what each transaction says, READ COMMITTED where it says nothing; names are those of `public`."""

    supports_statement_cache = True

    def get_default_isolation_level(self, dbapi_conn: DBAPIConnection) -> IsolationLevel:
        """What a connection goes back to."""
        return "READ COMMITTED"

    def _get_server_version_info(self, connection: Connection) -> tuple[int, ...]:
        number = _said(connection).server_version
        return number // 10000, number % 10000

    def _get_default_schema_name(self, connection: Connection) -> str:
        return "public"

    def _set_backslash_escapes(self, connection: Connection) -> None:
        self._backslash_escapes = _said(connection).parameter_status("standard_conforming_strings") == "off"


def _said(connection: Connection) -> psycopg.ConnectionInfo:
    return driver(connection).info


registry.register("postgresql.sentinai", __name__, Dialect.__name__)
