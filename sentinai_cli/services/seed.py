"""Seeding: plan a run for each tenant, write what is missing of it, say what it came to."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Refused
from sentinai_cli.models.database import Environment
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.pack_version import PackActivation
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.models.seed import SeedRequest, SeedResult, SeedRunResult, SeedRunState
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.plan import digest_of_blocks
from sentinai_cli.services.seed_load import Loaded, Mixed, SeedJob
from sentinai_cli.services.seed_plan import plan_run
from sentinai_cli.services.seed_target import SeedTarget
from sentinai_cli.services.seed_worker import load, workers_for

Say = Callable[[str], None]
Advance = Callable[[int], None]


def seed(
    database: Database, request: SeedRequest, *, embedded: bool, now: datetime, say: Say, advance: Advance
) -> SeedResult:
    """Seed each tenant of the request; repeating it inserts nothing.

    Raises NotFound for an unknown tenant, scenario or domain, Conflict when a run exists with another as-of, Refused
    on a production database, CheckFailed when the schema is missing.
    """
    library = Library.read(bundled("seeds"))
    scenario = library.scenario(request.scenario)
    target = SeedTarget(database, scenario, embedded=embedded, say=say)
    environment = target.prepare_schema()
    if environment is Environment.PRODUCTION:
        raise Refused(
            "production_protected",
            "a production database is not seeded",
            why="seeded exceptions are invented, and nothing marks them apart from real ones",
            fix="sentinai status",
        )
    tenant_ids = request.tenant_ids or tuple(tenant.tenant_id for tenant in scenario.tenants)
    prepared = [target.prepare_tenant(tenant_id, request.domain, environment) for tenant_id in tenant_ids]
    if request.as_of is not None:
        for active in prepared:  # before the first is written
            _refuse_other_as_of(database, library, request, active, request.as_of)
    return SeedResult.whole(
        [_seed_tenant(database, library, request, active, now=now, advance=advance) for active in prepared]
    )


def _refuse_other_as_of(
    database: Database, library: Library, request: SeedRequest, active: PackActivation, as_of: datetime
) -> None:
    with database.begin(TenantScope(active.tenant_id), read_only=True) as work:
        planned = plan_run(work, library, request, active, as_of=as_of)
        run = work.seeds.get(active.tenant_id, planned.plan.identity)
    if run is not None:
        planned.of(run, given=as_of)


def _seed_tenant(
    database: Database,
    library: Library,
    request: SeedRequest,
    active: PackActivation,
    *,
    now: datetime,
    advance: Advance,
) -> SeedRunResult:
    scope = TenantScope(active.tenant_id)
    with database.begin(scope) as work:
        planned = plan_run(work, library, request, active, as_of=request.as_of or now)
        run = work.seeds.begin(planned.new_run)
        planned = planned.of(run, given=request.as_of)
        written = tuple(work.seeds.written(run.tenant_id, run.identity))
    plan, count = planned.plan, planned.plan.count
    tally = _Tally()
    began = time.perf_counter()
    if run.state is SeedRunState.COMPLETE and run.records == count and run.digest is not None:
        digest = run.digest
        advance(count)
    else:
        job = SeedJob(
            database=database,
            run=run,
            plan=plan,
            domain_pack=planned.domain_pack,
            policy_pack=planned.policy_pack,
            written=written,
            staging=request.staging,
        )
        digest = _loaded(job, request.workers, advance, tally)
    with database.begin(scope) as work:
        if count > run.records or run.state is SeedRunState.RUNNING:
            work.seeds.finish(run, records=count, digest=digest, at=now)
        ids: dict[str, object] = {"run": run.identity, "records": count, "inserted": tally.inserted, "digest": digest}
        work.record(Outcome.DONE if tally.inserted else Outcome.UNCHANGED, tenant_id=run.tenant_id, after=ids)
    return SeedRunResult(
        tenant_id=run.tenant_id,
        domain=plan.domain,
        scenario=run.scenario,
        seed=run.seed,
        identity=run.identity,
        prefix=plan.prefix,
        as_of=run.as_of,
        requested=count,
        inserted=tally.inserted,
        existing=count - tally.inserted,
        digest=digest,
        events=tally.events,
        by_type=tally.by(0),
        by_severity=tally.by(1),
        by_status=tally.by(2),
        seconds=round(time.perf_counter() - began, 3),
    )


@dataclass
class _Tally:
    """What was loaded so far."""

    inserted: int = 0
    events: int = 0
    mix: Counter[Mixed] = field(default_factory=Counter)

    def by(self, place: int) -> dict[str, int]:
        """How many of each type (0), severity (1) or status (2), the most first."""
        counts: Counter[str] = Counter()
        for mixed, count in self.mix.items():
            counts[mixed[place]] += count
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _loaded(job: SeedJob, workers: int | None, advance: Advance, tally: _Tally) -> str:
    """The digest of the run; what is loaded is counted on the way."""
    digests: dict[int, bytes] = {}

    def report(done: Loaded) -> None:
        tally.inserted += done.inserted
        tally.events += done.events
        tally.mix.update(done.mix)
        if done.digest is not None:
            digests[done.block] = done.digest
        advance(done.records)

    load(job, workers_for(job.blocks, workers), report)
    return digest_of_blocks(digests[block] for block in range(job.blocks))
