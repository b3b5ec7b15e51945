"""Suspending, archiving and activating tenants, and what that means for whoever would change something of theirs."""

from collections.abc import Collection

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import InvalidInput, Refused
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.models.tenant import Tenant, TenantStatus, TenantSwitched
from sentinai_cli.services.tenant import unknown_tenant


def require_active(work: Work, tenant_ids: Collection[str]) -> None:
    """Raise Refused unless all of these tenants take what is new. Who reads, seals, holds or erases does not ask."""
    if found := work.tenants.not_active(tenant_ids):
        raise _not_active(found[0])


def switch_tenant(database: Database, tenant_id: str, status: TenantStatus) -> TenantSwitched:
    """Put a tenant into a status; the run's reason is why.

    Raises NotFound, InvalidInput without a reason, Refused for a tenant that was purged or is being purged.
    """
    with database.begin(AllTenants()) as work:
        found = work.tenants.get(tenant_id)
        if found is None:
            raise unknown_tenant(tenant_id)
        if found.status is TenantStatus.PURGED or work.tenant_purges.get(tenant_id) is not None:
            raise _purged(found)
        if not (work.context.reason or "").strip():
            raise InvalidInput("reason_needed", "the status of a tenant changes for a reason", why="give --reason TEXT")
        changed = work.tenants.set_status(tenant_id, status)
        work.record(
            Outcome.DONE if changed else Outcome.UNCHANGED,
            tenant_id=tenant_id,
            before={"status": found.status.value},
            after={"status": status.value},
        )
        present = work.tenants.get(tenant_id)
        assert present is not None
    return TenantSwitched(changed=changed, before=found.status, tenant=present)


def _not_active(tenant: Tenant) -> Refused:
    if tenant.status is TenantStatus.PURGED:
        return _purged(tenant)
    return Refused(
        "tenant_not_active",
        f"the tenant {tenant.tenant_id} is {tenant.status.value}: nothing of it is changed",
        why="reading it, sealing its log and exporting it still work",
        fix=f"sentinai tenants activate {tenant.tenant_id} --reason 'it is needed again'",
    )


def _purged(tenant: Tenant) -> Refused:
    gone = tenant.status is TenantStatus.PURGED
    return Refused(
        "tenant_purged",
        f"the tenant {tenant.tenant_id} {'was purged' if gone else 'is being purged'}",
        why="its id stays taken, so that nobody's history is taken for another's",
        fix=f"sentinai tenants show {tenant.tenant_id}" if gone else f"sentinai tenants purge {tenant.tenant_id}",
    )
