"""What a run would write, without a database: generated with the bundled packs and thrown away."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from sentinai_cli.db.repositories.copy_text import copy_text
from sentinai_cli.errors import NotFound
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.pack_version import PackKind
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.prepared_exception import PreparedException
from sentinai_cli.models.seed import SeedRequest
from sentinai_cli.models.seed_forecast import SeedForecast, SeedForecastList
from sentinai_cli.packs.reader import read_pack
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.generate import prepare
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.plan import SeedPlan, make_plan
from sentinai_cli.services.decision import PackDecisions
from sentinai_cli.services.sample import sample_packs
from sentinai_cli.services.seed_plan import OTHERWISE

SAMPLE = 4000


def forecast(
    request: SeedRequest, *, now: datetime, advance: Callable[[int], None], clock: Callable[[], float] = time.monotonic
) -> SeedForecastList:
    """What seeding an empty development database would write.

    Raises NotFound for an unknown scenario, and for a tenant of which neither the scenario nor `request.domain` says
    what it is.
    """
    library = Library.read(bundled("seeds"))
    scenario = library.scenario(request.scenario)
    found = []
    for tenant_id in request.tenant_ids or tuple(tenant.tenant_id for tenant in scenario.tenants):
        plan, decisions = plan_from_samples(library, request, tenant_id, as_of=request.as_of or now)
        began = clock()
        records = list(prepare(plan, decisions, 1, min(plan.count, SAMPLE) + 1))
        found.append(_counted(plan, records, clock() - began))
        advance(plan.count)
    return SeedForecastList.whole(found)


def plan_from_samples(
    library: Library, request: SeedRequest, tenant_id: str, *, as_of: datetime
) -> tuple[SeedPlan, PackDecisions]:
    """The plan of one tenant's run with the packs that come with the tool. Raises NotFound as `forecast` does."""
    tenant = library.scenario(request.scenario).tenant(tenant_id)
    domain = tenant.domain if tenant else request.domain
    if domain is None:
        raise NotFound("tenant_not_found", f"the scenario has no tenant {tenant_id}", why="say what it is: --domain")
    count = request.count if request.count is not None else tenant.count if tenant else OTHERWISE
    general = _sample(PackKind.DOMAIN, domain)
    own = _sample(PackKind.POLICY, tenant_id)
    if not isinstance(general, DomainPack):
        raise NotFound("pack_not_found", f"no bundled pack is of the domain {domain}", fix="sentinai packs list")
    policy = own if isinstance(own, PolicyPack) else None
    plan = make_plan(
        library,
        scenario=request.scenario,
        seed=request.seed,
        tenant_id=tenant_id,
        pack=general,
        pack_checksum=general.checksum(),
        policy_checksum=policy.checksum() if policy else None,
        as_of=as_of,
        count=count,
        days=request.days,
    )
    return plan, PackDecisions(general, policy, remembers=False)


def _sample(kind: PackKind, name: str) -> DomainPack | PolicyPack | None:
    sample = sample_packs().get((kind, name))
    return None if sample is None else read_pack(sample[1], name=sample[0])


def _counted(plan: SeedPlan, records: list[PreparedException], seconds: float) -> SeedForecast:
    sampled, count = len(records), plan.count
    text = copy_text(plan.tenant_id, records)

    def scaled(number: float) -> int:
        return round(number * count / sampled) if sampled else 0

    def share(values: list[str]) -> dict[str, int]:
        return {name: scaled(number) for name, number in sorted(Counter(values).items())}

    return SeedForecast(
        tenant_id=plan.tenant_id,
        domain=plan.domain,
        prefix=plan.prefix,
        as_of=plan.as_of,
        exceptions=count,
        events=scaled(sum(len(record.events) for record in records)),
        sampled=sampled,
        bytes=scaled(len(text.exceptions.encode()) + len(text.events.encode())),
        seconds=round(seconds * count / sampled, 2) if sampled else 0.0,
        by_type=share([record.type for record in records]),
        by_status=share([record.status for record in records]),
        by_severity=share([record.severity for record in records]),
        by_day=share([record.created_at[:10] for record in records]),
    )
