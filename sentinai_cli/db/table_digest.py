"""What each table holds, as a number of rows and a digest that is the same on every server version."""

import hashlib
from collections.abc import Callable, Sequence

import psycopg
from psycopg import sql

from sentinai_cli.models.backup import TableDigest

Advance = Callable[[int], None]

_COLUMNS = """
    SELECT n.nspname, c.relname, a.attname, key.place,
           a.attcollation <> 0 AND a.attcollation <> 'pg_catalog."C"'::regcollation
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
    LEFT JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS key (attnum, place) ON key.attnum = a.attnum
    WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", a.attname COLLATE "C"
"""
_SPELLING = """
    SET LOCAL client_encoding = 'UTF8'; SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, YMD';
    SET LOCAL intervalstyle = 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1
"""


def table_digests(
    connection: psycopg.Connection, schemas: Sequence[str], *, advance: Advance
) -> tuple[TableDigest, ...]:
    """Each table of the schemas but for those of extensions, by name; reads every row, holding none.

    To be called inside a transaction, in a role that sees every row. `advance` hears of rows.
    """
    connection.execute(_SPELLING)
    tables: dict[tuple[str, str], list[tuple[str, int | None, bool]]] = {}
    for schema, table, column, place, collated in connection.execute(_COLUMNS, [list(schemas)]).fetchall():
        tables.setdefault((schema, table), []).append((column, place, collated))
    return tuple(_digest(connection, schema, table, columns, advance) for (schema, table), columns in tables.items())


def _digest(
    connection: psycopg.Connection,
    schema: str,
    table: str,
    columns: list[tuple[str, int | None, bool]],
    advance: Advance,
) -> TableDigest:
    names = [column for column, _, _ in columns]
    keys = sorted((place, column, collated) for column, place, collated in columns if place is not None)
    order = [_in_byte_order(column, collated) for _, column, collated in keys]
    every = sql.SQL("COPY (SELECT {} FROM {} AS every ORDER BY {}) TO STDOUT").format(
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.Identifier(schema, table),
        sql.SQL(", ").join(order) if order else sql.SQL('every::text COLLATE "C"'),
    )
    digest = hashlib.sha256("\t".join(names).encode() + b"\n")
    rows = 0
    with connection.cursor() as cursor, cursor.copy(every) as copy:
        for block in copy:
            digest.update(block)
            lines = bytes(block).count(b"\n")  # COPY writes one line a row and escapes those inside
            rows += lines
            advance(lines)
    name = table if schema == "public" else f"{schema}.{table}"
    return TableDigest(table=name, rows=rows, digest=digest.hexdigest())


def _in_byte_order(column: str, collated: bool) -> sql.Composed:
    return sql.SQL('{} COLLATE "C"' if collated else "{}").format(sql.Identifier(column))
