"""The psycopg connection under a SQLAlchemy one, for what only the driver can do: COPY, several SETs in one message."""

from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    from sqlalchemy import Connection


def driver(connection: "Connection") -> psycopg.Connection:
    """The driver's connection, inside the same transaction."""
    bare = connection.connection.driver_connection
    assert isinstance(bare, psycopg.Connection)
    return bare
