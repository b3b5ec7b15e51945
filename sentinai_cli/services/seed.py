"""Seeding: plan a run for each tenant, write what is missing of it, say what it came to."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import Conflict, Refused
from sentinai_cli.models.database import Environment
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception import NewException
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.pack_version import PackActivation, PackKind, PackReference
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.models.seed import SeedRequest, SeedResult, SeedRun, SeedRunResult, SeedRunState
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.generate import generate
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.plan import SeedPlan, make_plan, run_digest
from sentinai_cli.services.decision import PackDecisions
from sentinai_cli.services.pack import find_pack, read_stored
from sentinai_cli.services.seed_target import SeedTarget

OTHERWISE = 50
"""Exceptions of a tenant that the scenario does not name, unless the operator says how many."""
CHUNK = 1000

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
    counts = {tenant.tenant_id: tenant.count for tenant in scenario.tenants}
    results = []
    for tenant_id in request.tenant_ids or tuple(counts):
        active = target.prepare_tenant(tenant_id, request.domain, environment)
        count = counts.get(tenant_id, OTHERWISE) if request.count is None else request.count
        results.append(_seed_tenant(database, library, request, active, count=count, now=now, advance=advance))
    return SeedResult.whole(results)


def _seed_tenant(
    database: Database,
    library: Library,
    request: SeedRequest,
    active: PackActivation,
    *,
    count: int,
    now: datetime,
    advance: Advance,
) -> SeedRunResult:
    scope = TenantScope(active.tenant_id)
    with database.begin(scope) as work:
        plan, decisions = _planned(work, library, request, active, count=count, as_of=request.as_of or now)
        run = work.seeds.begin(_new_run(plan))
    if request.as_of is not None and run.as_of != plan.as_of:
        raise _other_as_of(run, plan.as_of)
    plan = replace(plan, as_of=run.as_of)
    inserted = 0
    if run.state is SeedRunState.COMPLETE and run.records == count and run.digest is not None:
        digest = run.digest
        advance(count)
    else:
        writer = _Writer(database, run, advance)
        digest = run_digest(writer.written(generate(plan, decisions)))
        inserted = writer.inserted
    with database.begin(scope) as work:
        if count > run.records or run.state is SeedRunState.RUNNING:
            work.seeds.finish(run, records=count, digest=digest, at=now)
        ids: dict[str, object] = {"run": run.identity, "records": count, "inserted": inserted, "digest": digest}
        work.record(Outcome.DONE if inserted else Outcome.UNCHANGED, tenant_id=run.tenant_id, after=ids)
    return SeedRunResult(
        tenant_id=run.tenant_id,
        domain=plan.domain,
        scenario=run.scenario,
        seed=run.seed,
        identity=run.identity,
        prefix=plan.prefix,
        as_of=run.as_of,
        requested=count,
        inserted=inserted,
        existing=count - inserted,
        digest=digest,
    )


class _Writer:
    """Writes what the ledger does not show yet, a chunk and its entry in one transaction."""

    def __init__(self, database: Database, run: SeedRun, advance: Advance) -> None:
        self.inserted = 0
        self._database = database
        self._run = run
        self._advance = advance

    def written(self, records: Iterator[NewException]) -> Iterator[tuple[str, bytes, bytes]]:
        """What the run's digest covers of each record, once the record is in the database. In the order of numbers."""
        first_no = 1
        while chunk := list(islice(records, CHUNK)):
            self._write(first_no, chunk)
            self._advance(len(chunk))
            first_no += len(chunk)
            yield from ((record.exception_id, record.source_digest, record.events[-1].hash) for record in chunk)

    def _write(self, first_no: int, chunk: list[NewException]) -> None:
        with self._database.begin(TenantScope(self._run.tenant_id)) as work:
            work.seeds.begin(self._run)
            done = work.seeds.written(self._run.tenant_id, self._run.identity)
            missing = chunk[max(0, done + 1 - first_no) :]
            if missing:
                first_missing = first_no + len(chunk) - len(missing)
                inserted = work.exceptions.load(self._run.tenant_id, missing)
                work.seeds.add_chunk(self._run, first_no=first_missing, records=len(missing), inserted=inserted)
                self.inserted += inserted


def _planned(
    work: Work, library: Library, request: SeedRequest, active: PackActivation, *, count: int, as_of: datetime
) -> tuple[SeedPlan, PackDecisions]:
    domain = PackReference(kind=PackKind.DOMAIN, name=active.domain, version=active.domain_version)
    policy = PackReference(kind=PackKind.POLICY, name=active.tenant_id, version=active.policy_version)
    stored = find_pack(work, domain)
    overlay = find_pack(work, policy) if active.policy_version else None
    domain_pack = read_stored(DomainPack, stored)
    plan = make_plan(
        library,
        scenario=request.scenario,
        seed=request.seed,
        tenant_id=active.tenant_id,
        pack=domain_pack,
        pack_checksum=stored.checksum,
        policy_checksum=overlay.checksum if overlay else None,
        as_of=as_of,
        count=count,
    )
    return plan, PackDecisions(domain_pack, read_stored(PolicyPack, overlay) if overlay else None)


def _new_run(plan: SeedPlan) -> SeedRun:
    return SeedRun(
        tenant_id=plan.tenant_id,
        identity=plan.identity,
        scenario=plan.scenario,
        seed=plan.seed,
        manifest=plan.manifest,
        as_of=plan.as_of,
        state=SeedRunState.RUNNING,
        records=0,
        digest=None,
    )


def _other_as_of(run: SeedRun, as_of: datetime) -> Conflict:
    return Conflict(
        "seed_run_exists",
        f"this run of {run.tenant_id} exists with another as-of",
        why=f"it is as of {run.as_of.isoformat()}, not {as_of.isoformat()}; the data of a run does not move in time",
        fix=f"sentinai seed --tenant {run.tenant_id} --seed {run.seed + 1} --as-of {as_of.isoformat()}",
    )
