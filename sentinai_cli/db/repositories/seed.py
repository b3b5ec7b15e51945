"""Seed runs, the ledger of the chunks they wrote, and what their digest covers."""

from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from sentinai_cli.db.driver import driver
from sentinai_cli.db.event_reader import EVENT_COLUMNS, RECORD_COLUMNS
from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import exception, seed_chunk, seed_run
from sentinai_cli.models.event_row import EventRow, RecordRow
from sentinai_cli.models.seed import SeedRun, SeedRunState

_RECORDS = f"""
    SELECT {RECORD_COLUMNS}, 0::bigint, decode(repeat('00', 32), 'hex'), NULL::text
    FROM exception AS x WHERE x.tenant_id = %s AND x.exception_id = ANY (%s)
"""  # noqa: S608 - made of constants, as the one below
_EVENTS = f"""
    SELECT {EVENT_COLUMNS} FROM exception_event AS e WHERE e.tenant_id = %s AND e.exception_id = ANY (%s)
    ORDER BY e.exception_id, e.event_no
"""  # noqa: S608


class SeedRepository(Repository):
    """Seed runs, most methods for one tenant."""

    def get(self, tenant_id: str, identity: str) -> SeedRun | None:
        """One run."""
        wanted = select(seed_run).where(
            self._in_scope(seed_run), seed_run.c.tenant_id == tenant_id, seed_run.c.identity == identity
        )
        row = self._connection.execute(wanted).mappings().first()
        return None if row is None else SeedRun.model_validate(dict(row))

    def list_all(self) -> list[SeedRun]:
        """Every run in scope, the newest first."""
        wanted = (
            select(seed_run)
            .where(self._in_scope(seed_run))
            .order_by(seed_run.c.created_at.desc(), seed_run.c.tenant_id, seed_run.c.identity)
        )
        return [SeedRun.model_validate(dict(row)) for row in self._connection.execute(wanted).mappings()]

    def stored(self, tenant_id: str, exception_ids: list[str]) -> dict[str, tuple[RecordRow, list[EventRow]]]:
        """What is stored under these ids, each exception with all its events in order."""
        connection = driver(self._connection)
        found: dict[str, tuple[RecordRow, list[EventRow]]] = {}
        for row in map(RecordRow._make, connection.execute(_RECORDS, [tenant_id, exception_ids], binary=True)):
            found[row.exception_id] = (row, [])
        for event in map(EventRow._make, connection.execute(_EVENTS, [tenant_id, exception_ids], binary=True)):
            found[event.exception_id][1].append(event)
        return found

    def begin(self, run: SeedRun) -> SeedRun:
        """Store a new run, or lock and return the one that is there, with the as-of it began with."""
        new = insert(seed_run).values(
            tenant_id=run.tenant_id,
            identity=run.identity,
            scenario=run.scenario,
            seed=run.seed,
            manifest=run.manifest,
            as_of=run.as_of,
            state=run.state.value,
            records=run.records,
            digest=run.digest,
        )
        self._connection.execute(new.on_conflict_do_nothing())
        held = (
            select(seed_run)
            .where(self._in_scope(seed_run), seed_run.c.tenant_id == run.tenant_id, seed_run.c.identity == run.identity)
            .with_for_update()
        )
        return SeedRun.model_validate(dict(self._connection.execute(held).mappings().one()))

    def written(self, tenant_id: str, identity: str) -> list[range]:
        """The numbers that the ledger shows as written."""
        chunks = (
            select(seed_chunk.c.first_no, seed_chunk.c.records)
            .where(self._in_scope(seed_chunk), seed_chunk.c.tenant_id == tenant_id, seed_chunk.c.identity == identity)
            .order_by(seed_chunk.c.first_no)
        )
        return [range(first_no, first_no + records) for first_no, records in self._connection.execute(chunks)]

    def unresolved(self, tenant_id: str, prefix: str, limit: int) -> list[str]:
        """The ids that begin with a run's prefix and are not resolved, the newest first, at most so many."""
        wanted = (
            select(exception.c.exception_id)
            .where(
                self._in_scope(exception),
                exception.c.tenant_id == tenant_id,
                exception.c.exception_id > f"{prefix}-",
                exception.c.exception_id < f"{prefix}-~",
                exception.c.status != "resolved",
            )
            .order_by(exception.c.created_at.desc(), exception.c.exception_id.desc())
            .limit(limit)
        )
        return list(self._connection.scalars(wanted))

    def heads(self, tenant_id: str, exception_ids: list[str]) -> dict[str, int]:
        """How many events each of these exceptions has."""
        wanted = select(exception.c.exception_id, exception.c.last_event_no).where(
            self._in_scope(exception),
            exception.c.tenant_id == tenant_id,
            exception.c.exception_id.in_(exception_ids),
        )
        return {row.exception_id: row.last_event_no for row in self._connection.execute(wanted)}

    def prefix_of(self, run: SeedRun) -> str | None:
        """What the ids of the run's exceptions begin with (`FIN-1A2B3C4D`); None when there is none any more."""
        pattern = f"^.+-{run.identity[:8].upper()}-[0-9]{{6,}}$"
        wanted = (
            select(exception.c.exception_id)
            .where(
                self._in_scope(exception),
                exception.c.tenant_id == run.tenant_id,
                exception.c.exception_id.regexp_match(pattern),
            )
            .limit(1)
        )
        found = self._connection.scalar(wanted)
        return None if found is None else str(found).rpartition("-")[0]

    def reopen(self, run: SeedRun) -> None:
        """Mark a run as not complete, its digest as not known."""
        running = (
            update(seed_run)
            .where(self._in_scope(seed_run), seed_run.c.tenant_id == run.tenant_id, seed_run.c.identity == run.identity)
            .values(state=SeedRunState.RUNNING.value, records=0, digest=None, updated_at=func.clock_timestamp())
        )
        self._connection.execute(running)

    def forget_chunk(self, run: SeedRun, first_no: int) -> None:
        """Take a chunk out of the ledger; the owner's right."""
        gone = delete(seed_chunk).where(
            seed_chunk.c.tenant_id == run.tenant_id,
            seed_chunk.c.identity == run.identity,
            seed_chunk.c.first_no == first_no,
        )
        self._connection.execute(gone)

    def forget(self, run: SeedRun) -> None:
        """Forget a run that has no chunk in the ledger any more; the owner's right."""
        gone = delete(seed_run).where(seed_run.c.tenant_id == run.tenant_id, seed_run.c.identity == run.identity)
        self._connection.execute(gone)

    def finish(self, run: SeedRun, *, records: int, digest: str, at: datetime) -> None:
        """Mark the run complete with the number of its records and their digest, unless a longer one is by now."""
        done = (
            update(seed_run)
            .where(
                self._in_scope(seed_run),
                seed_run.c.tenant_id == run.tenant_id,
                seed_run.c.identity == run.identity,
                seed_run.c.records <= records,
            )
            .values(state=SeedRunState.COMPLETE.value, records=records, digest=digest, updated_at=at)
        )
        self._connection.execute(done)
