"""Planning one tenant's run from its active packs."""

from dataclasses import dataclass, replace
from datetime import datetime

from sentinai_cli.db.work import Work
from sentinai_cli.errors import Conflict
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.pack_version import PackActivation, PackKind, PackReference
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.seed import SeedRequest, SeedRun, SeedRunState
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.plan import SeedPlan, make_plan
from sentinai_cli.services.pack import find_pack, read_stored

OTHERWISE = 50
"""Exceptions of a tenant that the scenario does not name, unless the operator says how many."""


@dataclass(frozen=True)
class PlannedRun:
    """A plan and the packs that decide about its records."""

    plan: SeedPlan
    domain_pack: DomainPack
    policy_pack: PolicyPack | None

    @property
    def new_run(self) -> SeedRun:
        """The run as it is before its first record."""
        plan = self.plan
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

    def of(self, run: SeedRun, *, given: datetime | None) -> "PlannedRun":
        """Planned for the moment of a stored run. Raises Conflict `seed_run_exists` when another was `given`."""
        if given is not None and run.as_of != self.plan.as_of:
            raise other_as_of(run.tenant_id, run.as_of, self.plan.as_of)
        return replace(self, plan=replace(self.plan, as_of=run.as_of))


def asked_for(request: SeedRequest) -> int:
    """How many exceptions the request comes to, of all its tenants. Raises NotFound for an unknown scenario."""
    scenario = Library.read(bundled("seeds")).scenario(request.scenario)
    counts = {tenant.tenant_id: tenant.count for tenant in scenario.tenants}
    tenant_ids = request.tenant_ids or tuple(counts)
    if request.count is not None:
        return request.count * len(tenant_ids)
    return sum(counts.get(tenant_id, OTHERWISE) for tenant_id in tenant_ids)


def plan_run(
    work: Work, library: Library, request: SeedRequest, active: PackActivation, *, as_of: datetime
) -> PlannedRun:
    """Plan the run of one tenant, as many records as the request or else the scenario says."""
    counts = {tenant.tenant_id: tenant.count for tenant in library.scenario(request.scenario).tenants}
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
        count=counts.get(active.tenant_id, OTHERWISE) if request.count is None else request.count,
        days=request.days,
        own_as_of=request.new_run,
    )
    return PlannedRun(plan, domain_pack, read_stored(PolicyPack, overlay) if overlay else None)


def other_as_of(tenant_id: str, known: datetime, as_of: datetime, *, command: str = "sentinai seed") -> Conflict:
    """What is said when a run that exists is asked for as of another moment."""
    return Conflict(
        "seed_run_exists",
        f"this run of {tenant_id} exists with another as-of",
        why=f"it is as of {known.isoformat()}, not {as_of.isoformat()}; the data of a run does not move in time",
        fix=f"{command} --tenant {tenant_id} --as-of {as_of.isoformat()} --new-run",
    )
