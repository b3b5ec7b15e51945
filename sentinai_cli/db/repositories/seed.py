"""Seed runs, the ledger of the chunks they wrote, and what their digest covers."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import seed_chunk, seed_run
from sentinai_cli.models.seed import SeedRun, SeedRunState


class SeedRepository(Repository):
    """One tenant's seed runs."""

    def get(self, tenant_id: str, identity: str) -> SeedRun | None:
        """One run."""
        wanted = select(seed_run).where(
            self._in_scope(seed_run), seed_run.c.tenant_id == tenant_id, seed_run.c.identity == identity
        )
        row = self._connection.execute(wanted).mappings().first()
        return None if row is None else SeedRun.model_validate(dict(row))

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
