"""Sending a run through the platform's REST API instead of into a database: the same records, each once."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime

import orjson

from sentinai_cli.api.platform import PlatformApi
from sentinai_cli.models.prepared_exception import PreparedException
from sentinai_cli.models.seed import SeedRequest
from sentinai_cli.models.seed_delivery import SHOWN, SeedDelivery, SeedDeliveryList
from sentinai_cli.resources import bundled
from sentinai_cli.seeding.generate import prepare
from sentinai_cli.seeding.library import Library
from sentinai_cli.seeding.plan import SeedPlan
from sentinai_cli.services.seed_delivery_state import Deliveries
from sentinai_cli.services.seed_forecast import plan_by
from sentinai_cli.services.seed_pack import GivenPacks, Packs
from sentinai_cli.services.seed_plan import other_as_of

AT_ONCE = 8
"""Requests under way at the same time, unless the operator says how many."""
_LOOKS = 5
_PAUSE = 1.0

Advance = Callable[[int], None]


def deliver(
    request: SeedRequest,
    *,
    url: str,
    key_of: Callable[[str], str],
    now: datetime,
    check_health: bool,
    advance: Advance,
    packs: Packs | None = None,
    begun: Deliveries | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> SeedDeliveryList:
    """Send what the platform does not show yet, decided by `packs` or the bundled ones, and look what arrived.

    `key_of` gives the API key of a tenant. Repeating it sends only what is missing: `begun` remembers the as-of of the
    first time. Raises Conflict when another one is given, and what api.platform.PlatformApi raises, at the first record
    that cannot be delivered.
    """
    library, packs = Library.read(bundled("seeds")), packs or GivenPacks()
    scenario = library.scenario(request.scenario)
    tenant_ids = request.tenant_ids or tuple(tenant.tenant_id for tenant in scenario.tenants)
    delivered = []
    for tenant_id in tenant_ids:
        plan, decisions = plan_by(packs, library, request, tenant_id, as_of=request.as_of or now)
        plan = _as_begun(plan, url, begun, given=request.as_of)
        at_once = request.workers or AT_ONCE
        with PlatformApi(url, key_of(tenant_id), connections=at_once, pause=pause) as api:
            if check_health:
                api.check_health()
            wanted = {plan.exception_id(number) for number in range(1, plan.count + 1)}
            before = wanted.intersection(api.ids(tenant_id))
            advance(len(before))
            new = (record for record in prepare(plan, decisions) if record.exception_id not in before)
            sent = _send(api, new, at_once, advance)
            missing = _missing(api, tenant_id, wanted, pause)
        delivered.append(
            SeedDelivery(
                tenant_id=tenant_id,
                domain=plan.domain,
                scenario=plan.scenario,
                seed=plan.seed,
                prefix=plan.prefix,
                as_of=plan.as_of,
                requested=plan.count,
                existing=len(before),
                sent=sent,
                missing=len(missing),
                missing_ids=tuple(sorted(missing)[:SHOWN]),
            )
        )
    return SeedDeliveryList.whole(delivered)


def _as_begun(plan: SeedPlan, url: str, begun: Deliveries | None, *, given: datetime | None) -> SeedPlan:
    """The plan as of the delivery's first time, which is remembered if it is this one."""
    if begun is None:
        return plan
    known = begun.as_of(url, plan.identity)
    if known is None:
        begun.remember(url, plan.identity, plan.as_of)
        return plan
    if given is not None and known != plan.as_of:
        raise other_as_of(plan.tenant_id, known, plan.as_of, command="sentinai seed --via api")
    return replace(plan, as_of=known)


def body_of(record: PreparedException) -> dict[str, object]:
    """One record as the platform takes it."""
    return {
        "exception": {
            "exceptionId": record.exception_id,
            "tenantId": record.tenant_id,
            "sourceSystem": record.source_system,
            "exceptionType": record.type,
            "severity": record.severity.upper(),
            "timestamp": record.created_at,
            "rawPayload": orjson.loads(record.raw_payload),
            "normalizedContext": orjson.loads(record.normalized_context),
            "context": {"domain": record.domain},
        },
        "source_system": record.source_system,
        "ingestion_method": "api",
    }


def _send(api: PlatformApi, records: Iterator[PreparedException], at_once: int, advance: Advance) -> int:
    """Send all of them, never more than `at_once` under way or in memory; how many. The first failure ends it."""
    sent = 0
    with ThreadPoolExecutor(at_once) as pool:
        under_way: set[Future[None]] = set()

        def settle(*, all_of_them: bool) -> None:
            nonlocal under_way, sent
            while under_way and (all_of_them or len(under_way) >= at_once):
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for future in done:
                    future.result()
                    sent += 1
                    advance(1)

        for record in records:
            settle(all_of_them=False)
            under_way.add(pool.submit(api.send, record.tenant_id, record.exception_id, body_of(record)))
        settle(all_of_them=True)
    return sent


def _missing(api: PlatformApi, tenant_id: str, wanted: set[str], pause: Callable[[float], None]) -> set[str]:
    """What the platform does not show, after it had a few seconds to take in what it accepted."""
    missing = wanted
    for look in range(_LOOKS):
        missing = wanted.difference(api.ids(tenant_id))
        if not missing or look == _LOOKS - 1:
            break
        pause(_PAUSE)
    return missing
