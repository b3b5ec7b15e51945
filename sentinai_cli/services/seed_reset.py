"""Taking back what seeding made of one tenant, by erasure, chunk by chunk."""

from collections.abc import Callable

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Refused
from sentinai_cli.models.database import Environment
from sentinai_cli.models.legal_hold import under_hold
from sentinai_cli.models.scope import AllTenants, Maintenance, TenantScope
from sentinai_cli.models.seed import SeedRun
from sentinai_cli.models.seed_run import SeedReset, SeedRunReset
from sentinai_cli.services.tenant import unknown_tenant

REASON = "seed reset"

Advance = Callable[[int], None]


def check_seed_reset(database: Database, tenant_id: str) -> None:
    """Raise Refused on production and where a legal hold covers what was seeded, NotFound for no such tenant."""
    with database.begin(AllTenants(), read_only=True) as work:
        if work.database_info.environment() is Environment.PRODUCTION:
            raise Refused(
                "production_protected",
                f"{database.url.shown} is marked production: nothing is erased by seed reset",
                fix="sentinai status",
            )
        if work.tenants.get(tenant_id) is None:
            raise unknown_tenant(tenant_id)
        marks = {run.identity[:8].upper() for run in work.seeds.list_all() if run.tenant_id == tenant_id}
        for hold in work.legal_holds.on_tenant(tenant_id):
            if hold.exception_id is None or hold.exception_id.rpartition("-")[0].rpartition("-")[2] in marks:
                raise under_hold(hold)


def reset_seeds(database: Database, tenant_id: str, *, advance: Advance) -> SeedReset:
    """Erase every exception that the tenant's seed runs wrote, also those that were acted on, and forget the runs.

    A chunk goes together with its entry in the ledger, so that a reset which was cut off can be repeated, or the run
    seeded again. Raises as `check_seed_reset` does.
    """
    check_seed_reset(database, tenant_id)
    with database.begin(TenantScope(tenant_id), read_only=True) as work:
        runs = [(run, work.seeds.written(tenant_id, run.identity)) for run in work.seeds.list_all()]
    return SeedReset.whole([_reset(database, run, chunks, advance) for run, chunks in runs])


def _reset(database: Database, run: SeedRun, chunks: list[range], advance: Advance) -> SeedRunReset:
    tenant_id = run.tenant_id
    with database.begin(TenantScope(tenant_id)) as work:
        prefix = work.seeds.prefix_of(run)
        work.seeds.reopen(run)
    with database.begin(Maintenance(REASON)) as work:
        entry = work.record(tenant_id=tenant_id, before={"run": run.identity, "digest": run.digest})
    erased = events = 0
    for chunk in chunks:
        ids = [f"{prefix}-{number:06d}" for number in chunk] if prefix else []
        with database.begin(Maintenance(REASON)) as work:
            reason = work.context.reason or REASON
            gone = work.erasures.erase(tenant_id, ids, reason=reason, operation_id=entry)
            work.seeds.forget_chunk(run, chunk.start)
        erased, events = erased + gone.exceptions, events + gone.events
        advance(len(chunk))
    with database.begin(Maintenance(REASON)) as work:
        work.erasures.enter(tenant_id)
        work.seeds.forget(run)
        work.record(tenant_id=tenant_id, after={"run": run.identity, "erased": erased, "events": events})
    return SeedRunReset(
        tenant_id=tenant_id,
        scenario=run.scenario,
        seed=run.seed,
        identity=run.identity,
        erased=erased,
        events=events,
        missing=sum(map(len, chunks)) - erased,
    )
