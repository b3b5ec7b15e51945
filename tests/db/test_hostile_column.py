"""Every column that holds text keeps whatever it takes, to the last character, or the server refuses it by name."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import Column, Table, Text
from sqlalchemy.dialects.postgresql import JSONB

from sentinai_cli.db.failure import translated
from sentinai_cli.db.isolation.specimen import global_parents, specimen, tenant_tables
from sentinai_cli.db.schema import metadata
from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.test_hostile_input import NEVER_STORED, TEXTS
from tests.conftest import connect, fresh_database

COLUMNS = [
    (table, column)
    for table in metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Text | JSONB)
]
LIMITED = ("23514", "23502")
"""A CHECK that says what the column may hold, or a column computed from it that then has no value."""
UNFIT = {"NUL": {"invalid_text"}, "half a character": {"invalid_text", "22P02"}, "a megabyte": {"text_too_long"}}
"""What else a text is refused as; 22P02 is the server's word for a document that is none."""


@pytest.fixture(scope="module")
def admin(server: DatabaseUrl, template: str) -> Iterator[psycopg.Connection]:
    """A superuser in front of one row in every table, whose every statement is undone."""
    with fresh_database(server, template) as made, connect(made) as connection:
        connection.execute("SET session_replication_role = replica; SET sentinai.tenant_id = 'A'")
        journal = [metadata.tables[name] for name in ("operation", "journal_cut")]
        for table in (*global_parents(), *tenant_tables(), *journal):
            row = specimen(table, "A")
            if table.name == "operation":
                row["outcome"] = "done"
            connection.execute(_insert(table, row), list(row.values()))
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table.name)))
        connection.execute(
            "INSERT INTO migration_record VALUES ('x', repeat('0', 64), now(), '0') ON CONFLICT DO NOTHING"
        )
        yield connection


def _insert(table: Table, row: dict[str, object]) -> sql.Composed:
    names, values = sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join([sql.Placeholder()] * len(row))
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table.name), names, values)


def _stored(admin: psycopg.Connection, table: Table, column: Column[object], text: str) -> object:
    """What the column holds after it was given the text; raises what the server says."""
    value: object = Jsonb({text: [text]}) if isinstance(column.type, JSONB) else text
    give = sql.SQL("UPDATE {} SET {} = %s WHERE ctid = (SELECT ctid FROM {} LIMIT 1) RETURNING {}").format(
        *(sql.Identifier(name) for name in (table.name, column.name, table.name, column.name))
    )
    with admin.transaction(force_rollback=True):
        found = admin.execute(give, [value]).fetchone()
    assert found is not None, f"{table.name} has no row"
    return found[0]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{table}.{column.name}" for table, column in COLUMNS])
def test_a_column_keeps_a_text_exactly_or_refuses_it(
    table: Table, column: Column[object], admin: psycopg.Connection
) -> None:
    for what, text in TEXTS.items():
        wanted: object = {text: [text]} if isinstance(column.type, JSONB) else text
        refused: str | None = None
        try:
            with translated():
                assert _stored(admin, table, column, text) == wanted, what
        except InvalidInput as error:
            refused = error.code
        except psycopg.Error as error:
            refused = error.sqlstate
        possible = {*LIMITED, *UNFIT.get(what, ()), *(() if what in NEVER_STORED else (None,))}
        assert refused in possible, what
