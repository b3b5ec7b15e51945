"""The psycopg connection under a SQLAlchemy one, for what only the driver can do: COPY, several SETs in one message."""

import psycopg
from sqlalchemy import Connection


def driver(connection: Connection) -> psycopg.Connection:
    """The driver's connection, inside the same transaction."""
    bare = connection.connection.driver_connection
    assert isinstance(bare, psycopg.Connection)
    return bare
