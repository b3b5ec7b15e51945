"""The statements between two revisions, each with the locks it takes and the size of what it locks."""

from collections.abc import Iterator, Mapping

import psycopg

from sentinai_cli.db.ddl.lock import Lock, created_table, locks
from sentinai_cli.db.ddl.statement import Statement, statements
from sentinai_cli.db.migration_script import before, between, render
from sentinai_cli.models.migration_plan import MigrationPlan, PlannedLock, PlanStep
from sentinai_cli.models.result import Page

_TABLES = """
    SELECT c.relname, greatest(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid)
    FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
"""
_INDEXES = """
    SELECT i.relname, t.relname
    FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid JOIN pg_class AS t ON t.oid = x.indrelid
    WHERE t.relnamespace = 'public'::regnamespace
"""


class Sizes:
    """What is known of the tables that exist: rows and bytes, and which table an index belongs to."""

    def __init__(self, tables: Mapping[str, tuple[int, int]], indexes: Mapping[str, str]) -> None:
        self._tables = tables
        self._indexes = indexes

    @classmethod
    def read(cls, connection: psycopg.Connection) -> "Sizes":
        """Ask the catalogue."""
        tables = {row[0]: (row[1], row[2]) for row in connection.execute(_TABLES).fetchall()}
        return cls(tables, dict(connection.execute(_INDEXES).fetchall()))

    def planned(self, lock: Lock, new: set[str]) -> PlannedLock:
        """The lock with what is known of its table; an index's table is named where the catalogue knows it."""
        table = self._indexes.get(lock.table, f"of the index {lock.table}") if lock.index else lock.table
        known = None if table in new else self._tables.get(table)
        return PlannedLock(
            table=table,
            mode=lock.mode,
            blocks="nobody" if table in new else lock.mode.blocks,
            new=table in new,
            rows=known[0] if known else None,
            size_bytes=known[1] if known else None,
        )


def plan(current: str | None, target: str | None, connection: psycopg.Connection | None) -> MigrationPlan:
    """The plan from one revision to another, up or down. Without a connection no sizes are known.

    With one, the sizes are read in a READ ONLY transaction.
    """
    sizes = Sizes({}, {})
    if connection is not None:
        with connection.transaction():
            connection.execute("SET TRANSACTION READ ONLY")
            sizes = Sizes.read(connection)
    steps = tuple(_steps(current, target, sizes))
    return MigrationPlan(
        items=steps,
        page=Page.of_all(len(steps)),
        from_revision=current,
        to_revision=target,
        live=connection is not None,
    )


def _steps(current: str | None, target: str | None, sizes: Sizes) -> Iterator[PlanStep]:
    new: set[str] = set()
    number = 0
    for revision, script in _scripts(current, target):
        inside = False
        for statement in statements(script):
            if _is_bracket(statement):
                inside = statement.starts("BEGIN")
                continue
            number += 1
            if (made := created_table(statement)) is not None:
                new.add(made)
            yield PlanStep(
                no=number,
                revision=revision,
                sql=statement.text,
                transaction=inside,
                locks=tuple(sizes.planned(lock, new) for lock in locks(statement)),
            )


def _scripts(current: str | None, target: str | None) -> Iterator[tuple[str, str]]:
    """Each revision on the way with its SQL, up or down."""
    for revision in between(current, target):
        yield revision, render(before(revision), revision)
    for revision in reversed(between(target, current)):
        yield revision, render(revision, before(revision))


def _is_bracket(statement: Statement) -> bool:
    return len(statement.tokens) == 1 and statement.tokens[0].text in ("BEGIN", "COMMIT")
