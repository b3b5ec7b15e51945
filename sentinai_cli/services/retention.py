"""How long each tenant's resolved exceptions live, and which are beyond that."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.models.pack_version import PackKind, PackReference
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.retention import FLAG, RetentionItem, RetentionPlan
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.tenant import TenantStatus
from sentinai_cli.services.pack import find_pack, read_stored
from sentinai_cli.services.tenant import require_tenant

Advance = Callable[[int], None]


def plan_retention(
    database: Database, scope: TenantScope | AllTenants, *, older_than: int | None, now: datetime, advance: Advance
) -> RetentionPlan:
    """What is beyond its time to live, by tenant. `older_than` days go before what policy packs say.

    Read-only. A tenant for which nothing says how long has no candidates. `advance` hears of tenants done. Raises
    NotFound for an unknown tenant.
    """
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        tenants = [one.tenant_id for one in work.tenants.list_all() if one.status is not TenantStatus.PURGED]
    items = []
    for tenant_id in tenants:
        with database.begin(TenantScope(tenant_id), read_only=True) as work:
            items.append(_item(work, tenant_id, older_than, now))
        advance(1)
    return RetentionPlan.whole(items)


def _item(work: Work, tenant_id: str, older_than: int | None, now: datetime) -> RetentionItem:
    reference, policy_days = _of_policy(work, tenant_id)
    days, source = (policy_days, reference) if older_than is None else (older_than, FLAG)
    item = RetentionItem(
        tenant_id=tenant_id,
        ttl_days=days,
        source=source,
        policy_days=policy_days,
        cutoff=None,
        candidates=0,
        events=0,
        held=0,
        oldest=None,
        newest=None,
        estimated_bytes=0,
    )
    if days is None:
        return item
    cutoff = cutoff_of(days, now)
    found = work.retentions.found(tenant_id, cutoff)
    size = work.retentions.average_size(tenant_id, cutoff) if found.exceptions else 0.0
    return item.model_copy(
        update={
            "cutoff": cutoff,
            "candidates": found.exceptions,
            "events": found.events,
            "held": found.held,
            "oldest": found.oldest,
            "newest": found.newest,
            "estimated_bytes": round(size * found.exceptions),
        }
    )


def cutoff_of(days: int, now: datetime) -> datetime:
    """The moment before which what was resolved is beyond so many days; years that no clock has count as year 1."""
    try:
        return now - timedelta(days=days)
    except OverflowError:
        return datetime.min.replace(tzinfo=now.tzinfo)


def _of_policy(work: Work, tenant_id: str) -> tuple[str | None, int | None]:
    """The active policy pack that says how long, and how long; None, None where none does."""
    active = work.pack_activations.active(tenant_id)
    if active is None or active.policy_version is None:
        return None, None
    reference = PackReference(kind=PackKind.POLICY, name=tenant_id, version=active.policy_version)
    policy = read_stored(PolicyPack, find_pack(work, reference))
    days = policy.retention_policies.data_ttl if policy.retention_policies else None
    return (None, None) if days is None else (str(reference), days)
