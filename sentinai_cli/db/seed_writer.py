"""Writing a seed run: a chunk of records and its ledger entry in one transaction, once, whoever else does too."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg.errors import UniqueViolation

from sentinai_cli.db.driver import driver
from sentinai_cli.db.engine import LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS, Database
from sentinai_cli.db.repositories.bulk_load import (
    bypasses_row_security,
    copy_proven,
    copy_straight,
    load_staged,
    may_prove,
)
from sentinai_cli.db.repositories.copy_text import CopyText, copy_text
from sentinai_cli.models.prepared_exception import PreparedException
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.models.seed import SeedRun

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('sentinai.seed.' || %s || '.' || %s, 0))"
_ALONE = "SELECT pg_try_advisory_lock(hashtextextended('sentinai.seed.alone.' || %s, 0))"
_WRITTEN = """
    SELECT first_no, first_no + records FROM seed_chunk
    WHERE tenant_id = %s AND identity = %s AND first_no < %s AND first_no + records > %s
    ORDER BY first_no
"""
_ENTER = "INSERT INTO seed_chunk (tenant_id, identity, first_no, records, inserted) VALUES (%s, %s, %s, %s, %s)"
_PATIENCE = f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}; SET LOCAL statement_timeout = {STATEMENT_TIMEOUT_MS}"

Load = Callable[[CopyText], int]


class SeedWriter:
    """Writes the records of one run. Made by `seed_writer`; for one thread at a time."""

    def __init__(
        self, database: Database, run: SeedRun, session: psycopg.Connection, *, straight: bool, proves: bool
    ) -> None:
        self._database = database
        self._run = run
        self._session = session
        self._straight = session if straight else None
        self._proves = proves

    def is_alone(self) -> bool:
        """Whether nobody else has asked this of the run and still writes; holds until the writer is closed."""
        row = self._session.execute(_ALONE, [self._run.identity]).fetchone()
        return row is not None and bool(row[0])

    def write(self, first_no: int, records: Sequence[PreparedException], rows: CopyText) -> int:
        """Write those of the records that the ledger does not show; how many exceptions were inserted.

        They are numbered from `first_no`; `rows` are their lines. Ranges that several write at once must begin alike.
        """
        if self._straight is not None:
            straight = self._straight
            try:
                with straight.transaction():
                    straight.execute(_PATIENCE)
                    return self._fill(straight, first_no, records, rows, lambda new: self._all(straight, new))
            except UniqueViolation:
                pass  # the rows of a run whose ledger was lost, or somebody's own: staging tells which are missing
        with self._database.begin(TenantScope(self._run.tenant_id)) as work:
            staged, tenant_id = driver(work.connection), self._run.tenant_id
            return self._fill(staged, first_no, records, rows, lambda new: load_staged(staged, tenant_id, new))

    def _fill(
        self,
        connection: psycopg.Connection,
        first_no: int,
        records: Sequence[PreparedException],
        rows: CopyText,
        load: Load,
    ) -> int:
        run, stop = self._run, first_no + len(records)
        connection.execute(_LOCK, [run.identity, first_no])
        inserted = 0
        for start, end in self._missing(connection, first_no, stop):
            part = (start, end) != (first_no, stop)
            new = copy_text(run.tenant_id, records[start - first_no : end - first_no]) if part else rows
            added = load(new)
            connection.execute(_ENTER, [run.tenant_id, run.identity, start, end - start, added])
            inserted += added
        return inserted

    def _all(self, straight: psycopg.Connection, rows: CopyText) -> int:
        if self._proves:
            copy_proven(straight, self._run.tenant_id, rows)
        else:
            copy_straight(straight, rows)
        return rows.records

    def _missing(self, connection: psycopg.Connection, first_no: int, stop: int) -> list[tuple[int, int]]:
        """The gaps of the ledger between two numbers, the latter not included."""
        run, gaps, at = self._run, [], first_no
        for start, end in connection.execute(_WRITTEN, [run.tenant_id, run.identity, stop, first_no]).fetchall():
            if start > at:
                gaps.append((at, start))
            at = max(at, end)
        return [*gaps, (at, stop)] if at < stop else gaps


@contextmanager
def seed_writer(database: Database, run: SeedRun, *, staging: bool = False) -> Iterator[SeedWriter]:
    """A writer with connections of its own, straight into the tables where the session may, unless `staging`."""
    with database.direct() as connection:
        straight = not staging and bypasses_row_security(connection)
        proves = straight and may_prove(connection)
        yield SeedWriter(database, run, connection, straight=straight, proves=proves)
