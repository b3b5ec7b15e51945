"""What a downgrade would lose, and the archive that keeps it.

What it drops is known from the catalogues that are shipped with the revisions, not from its text.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

import psycopg
from psycopg import sql
from sqlalchemy import Connection, CursorResult

from sentinai_cli.db.driver import driver
from sentinai_cli.db.fingerprint import shipped
from sentinai_cli.db.migration_script import before, between
from sentinai_cli.db.migration_step import quoted, unforced
from sentinai_cli.db.roles import OPERATOR, OWNER
from sentinai_cli.errors import Conflict, Refused
from sentinai_cli.models.migration import Archive

ARCHIVE = "sentinai_archive"
_BOOKKEEPING = {"alembic_version", "migration_record", "database_info"}
"""What is made by migrating, and says nothing that the local journal does not."""
_LONGEST_NAME = 63


@dataclass(frozen=True)
class Loss:
    """A table with rows, or a column that is not null in `rows` rows, that a revision's downgrade drops."""

    table: str
    column: str | None
    rows: int


Losses: TypeAlias = Mapping[str, Sequence[Loss]]
"""By revision."""


def find_losses(connection: psycopg.Connection, current: str, target: str | None) -> Losses:
    """What going from `current` back to `target` loses.

    `connection` is the login's, in autocommit; it counts as the role that sees every tenant's rows, and locks nobody
    out. Under FORCE the owner would see none.
    """
    found: dict[str, list[Loss]] = {}
    for revision in reversed(between(target, current)):
        losses = [
            Loss(table, column, rows)
            for table, column in _dropped(revision)
            if (rows := _count(connection, table, column))
        ]
        if losses:
            found[revision] = losses
    return found


def archive_losses(connection: Connection, revision: str, losses: Sequence[Loss]) -> list[Archive]:
    """Copy what is lost into tables of the archive, in the open transaction, as the owner.

    What was written since it was counted is copied too. Rows where there were none raise Conflict: nobody agreed to
    lose them. An archive is the owner's alone and stands under no policy.
    """
    bare = driver(connection)

    def run(statement: sql.Composed) -> CursorResult[Any]:
        return connection.exec_driver_sql(statement.as_string(bare))

    agreed = {(loss.table, loss.column) for loss in losses}
    stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
    archives = []
    for table, column in _dropped(revision):
        source = sql.Identifier("public", table)
        run(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(source))
        with unforced(connection.exec_driver_sql, [table] if _is_forced(bare, table) else []):
            rows = run(_counting(table, column)).scalar_one()
            if not rows:
                continue
            if (table, column) not in agreed:
                raise _arrived(table, column)
            name = _archive_name(table, column, f"_{revision}_{stamp}")
            columns = [*_key(bare, table), column] if column else _columns(bare, table)
            run(
                sql.SQL("CREATE TABLE {} AS SELECT {} FROM {} WHERE {}").format(
                    sql.Identifier(ARCHIVE, name),
                    sql.SQL(", ").join(map(sql.Identifier, columns)),
                    source,
                    sql.SQL("{} IS NOT NULL").format(sql.Identifier(column)) if column else sql.SQL("true"),
                )
            )
        archives.append(Archive(table=table, column=column, rows=rows, archive=f"{ARCHIVE}.{name}"))
    return archives


def drops_anything(revision: str) -> bool:
    """Whether going back from this revision drops tables or columns."""
    return bool(_dropped(revision))


def make_archive(keeper: psycopg.Connection) -> None:
    """Make the schema of the archive, as the login. Raises Refused with the statement when it may not."""
    if keeper.execute("SELECT to_regnamespace(%s)", [ARCHIVE]).fetchone() != (None,):
        return
    statement = sql.SQL("CREATE SCHEMA {} AUTHORIZATION {}").format(sql.Identifier(ARCHIVE), sql.Identifier(OWNER))
    try:
        keeper.execute(statement)
    except psycopg.errors.InsufficientPrivilege:
        raise Refused(
            "archive_missing",
            "this login may not make the schema that keeps what a downgrade drops",
            why=f"the database's owner must run once: {statement.as_string(keeper)};",
            fix="sentinai migrate status",
        ) from None


def _dropped(revision: str) -> list[tuple[str, str | None]]:
    """Tables of its catalogue that the one before lacks, and columns that it lacks of tables that both have.

    Columns that are computed hold nothing that others do not.
    """
    floor = before(revision)
    ours, theirs = shipped(revision), shipped(floor) if floor else {}
    kept = theirs.get("table", {})
    tables = sorted(set(ours["table"]) - set(kept) - _BOOKKEEPING)
    new = set(ours["column"]) - set(theirs.get("column", {}))
    columns = [name.rpartition(".") for name in sorted(new) if " STORED DEFAULT " not in ours["column"][name]]
    return [(table, None) for table in tables] + [(table, column) for table, _, column in columns if table in kept]


def _count(connection: psycopg.Connection, table: str, column: str | None) -> int:
    with connection.transaction():
        connection.execute("SET TRANSACTION READ ONLY")
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OPERATOR)))
        row = connection.execute(_counting(table, column)).fetchone()
    return row[0] if row else 0


def _counting(table: str, column: str | None) -> sql.Composed:
    return sql.SQL("SELECT count({}) FROM {}").format(
        sql.Identifier(column) if column else sql.SQL("*"), sql.Identifier("public", table)
    )


def _archive_name(table: str, column: str | None, ending: str) -> str:
    return "_".join(filter(None, (table, column)))[: _LONGEST_NAME - len(ending)] + ending


def _arrived(table: str, column: str | None) -> Conflict:
    return Conflict(
        "data_arrived",
        f"{table}{f'.{column}' if column else ''} had no rows when that was asked, and has some now",
        why="nothing was dropped",
        fix="sentinai migrate down previous",
    )


def _columns(connection: psycopg.Connection, table: str) -> list[str]:
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
        " ORDER BY attnum",
        [f"public.{quoted(table)}"],
    )
    return [row[0] for row in found.fetchall()]


def _key(connection: psycopg.Connection, table: str) -> list[str]:
    found = connection.execute(
        "SELECT a.attname FROM pg_index AS x"
        " JOIN pg_attribute AS a ON a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey)"
        " WHERE x.indrelid = %s::regclass AND x.indisprimary ORDER BY array_position(x.indkey::int2[], a.attnum)",
        [f"public.{quoted(table)}"],
    )
    return [row[0] for row in found.fetchall()]


def _is_forced(connection: psycopg.Connection, table: str) -> bool:
    row = connection.execute(
        "SELECT relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [f"public.{quoted(table)}"]
    ).fetchone()
    return bool(row and row[0])
