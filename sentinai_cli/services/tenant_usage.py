"""One tenant, with what it holds and how busy it is."""

from datetime import UTC, datetime, time, timedelta

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.models.tenant import TenantDetail
from sentinai_cli.models.tenant_usage import DAYS, DayEvents
from sentinai_cli.services.tenant import unknown_tenant

MANY = 200_000
"""Exceptions beyond which they are not counted in passing."""


def show_tenant(database: Database, tenant_id: str, *, now: datetime, exact: bool = False) -> TenantDetail:
    """One tenant with its active packs, what it holds at `now` and the events of its last days. Raises NotFound.

    A large tenant's exceptions and events are estimated, unless `exact`, which reads them all.
    """
    with database.begin(TenantScope(tenant_id), read_only=True) as work:
        tenant = work.tenants.get(tenant_id)
        if tenant is None:
            raise unknown_tenant(tenant_id)
        active = work.pack_activations.active(tenant_id)
        exceptions, events = work.tenant_usages.expected(tenant_id)
        estimated = not exact and exceptions > MANY
        if not estimated:
            exceptions, events = work.tenant_usages.counted(tenant_id)
        held = work.tenant_usages.held(tenant_id, now)
        size = work.retentions.average_size(tenant_id, None)
        return TenantDetail(
            **tenant.model_dump(),
            domain_version=active.domain_version if active else None,
            policy_version=active.policy_version if active else None,
            exceptions=exceptions,
            unresolved=held.unresolved,
            breached=held.breached,
            events=events,
            estimated=estimated,
            estimated_bytes=round(size * exceptions),
            seals=held.seals,
            sealed_at=held.sealed_at,
            holds=len(work.legal_holds.on_tenant(tenant_id)),
            events_by_day=_by_day(work, tenant_id, now),
        )


def _by_day(work: Work, tenant_id: str, now: datetime) -> tuple[DayEvents, ...]:
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    found = work.tenant_usages.events_by_day(tenant_id, datetime.combine(days[0], time(), UTC))
    return tuple(DayEvents(day=day, events=found.get(day, 0)) for day in days)
