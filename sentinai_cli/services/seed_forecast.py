"""What a run would write, without writing it: generated and thrown away."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from sentinai_cli.db.repositories.copy_text import copy_text
from sentinai_cli.models.prepared_exception import PreparedException
from sentinai_cli.models.seed import SeedRequest
from sentinai_cli.models.seed_forecast import SeedForecast, SeedForecastList
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.generate import prepare
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.plan import SeedPlan, make_plan
from sentinai_cli.services.decision import PackDecisions
from sentinai_cli.services.seed_pack import GivenPacks, Packs
from sentinai_cli.services.seed_plan import OTHERWISE

SAMPLE = 4000


def forecast(
    request: SeedRequest,
    *,
    now: datetime,
    advance: Callable[[int], None],
    packs: Packs | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> SeedForecastList:
    """What seeding would write, decided by `packs`, without them by the bundled ones.

    Raises NotFound for an unknown scenario, and for a tenant of which neither the scenario nor `request.domain` says
    what it is.
    """
    library, packs = Library.read(bundled("seeds")), packs or GivenPacks()
    scenario = library.scenario(request.scenario)
    found = []
    for tenant_id in request.tenant_ids or tuple(tenant.tenant_id for tenant in scenario.tenants):
        plan, decisions = plan_by(packs, library, request, tenant_id, as_of=request.as_of or now)
        began = clock()
        records = list(prepare(plan, decisions, 1, min(plan.count, SAMPLE) + 1))
        found.append(_counted(plan, records, clock() - began))
        advance(plan.count)
    return SeedForecastList.whole(found)


def plan_by(
    packs: Packs, library: Library, request: SeedRequest, tenant_id: str, *, as_of: datetime
) -> tuple[SeedPlan, PackDecisions]:
    """The plan of one tenant's run as these packs decide. Raises NotFound as `forecast` does."""
    tenant = library.scenario(request.scenario).tenant(tenant_id)
    general, policy = packs.of(tenant_id, tenant.domain if tenant else request.domain)
    plan = make_plan(
        library,
        scenario=request.scenario,
        seed=request.seed,
        tenant_id=tenant_id,
        pack=general,
        pack_checksum=general.checksum(),
        policy_checksum=policy.checksum() if policy else None,
        as_of=as_of,
        count=request.count if request.count is not None else tenant.count if tenant else OTHERWISE,
        days=request.days,
        own_as_of=request.new_run,
    )
    return plan, PackDecisions(general, policy, remembers=False)


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
