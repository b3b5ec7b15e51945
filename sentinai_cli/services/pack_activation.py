"""Activating packs: which pair decides for a tenant from here on. Each act is one transaction."""

from collections.abc import Mapping

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import Conflict
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.pack_version import PackActivated, PackActivation, PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.tenant import Tenant
from sentinai_cli.services.pack import find_pack
from sentinai_cli.services.pack_history import earlier, pair_of
from sentinai_cli.services.pack_pair import PackPair, active_pair, chosen_pair
from sentinai_cli.services.pack_tenant import tenants_concerned
from sentinai_cli.services.playbook import materialise_playbooks
from sentinai_cli.services.tenant import unknown_tenant
from sentinai_cli.services.tenant_status import require_active
from sentinai_cli.services.tool import materialise_tools

Seen = Mapping[str, int | None]
"""The number of the activation that somebody saw as each tenant's active one; None where nothing was active."""


def active_packs(database: Database, tenant_id: str) -> PackActivation | None:
    """The pair that decides for a tenant; None before the first activation. Raises NotFound for no such tenant."""
    with database.begin(TenantScope(tenant_id), read_only=True) as work:
        if work.tenants.get(tenant_id) is None:
            raise unknown_tenant(tenant_id)
        return work.pack_activations.active(tenant_id)


def activate_pack(database: Database, tenant_id: str, reference: PackReference) -> PackActivated:
    """Let a version decide for one tenant, together with the other half of its pair as it is active.

    Without a version in the reference, the newest. No other tenant is touched. Raises NotFound for tenant or pack,
    InvalidInput for another domain's or tenant's pack, CheckFailed when the pair does not fit together.
    """
    (done,) = activate_packs(database, TenantScope(tenant_id), reference)
    return done


def activate_packs(
    database: Database, scope: TenantScope | AllTenants, reference: PackReference, *, seen: Seen | None = None
) -> list[PackActivated]:
    """The same for every tenant that it concerns in this scope, all or none.

    With `seen`, raises Conflict when another pair than that has become active for one of them, or another tenant has
    joined them, since it was looked at.
    """
    with database.begin(scope) as work:
        return activate_in(work, scope, reference, seen=seen)


def activate_in(
    work: Work, scope: TenantScope | AllTenants, reference: PackReference, *, seen: Seen | None = None
) -> list[PackActivated]:
    """The same inside a transaction, whose scope is at least `scope`."""
    if isinstance(scope, AllTenants):
        find_pack(work, reference)
    tenants = [tenant for tenant, _ in tenants_concerned(work, scope, reference)]
    require_active(work, [tenant.tenant_id for tenant in tenants])
    for tenant in tenants:
        work.pack_activations.lock(tenant.tenant_id)
    done = []
    for tenant in tenants:
        active = work.pack_activations.active(tenant.tenant_id)
        _refuse_unseen(tenant.tenant_id, active, seen)
        done.append(_activate(work, tenant, chosen_pair(work, tenant, reference, active), active))
    return done


def rollback_packs(
    database: Database, tenant_id: str, *, to: int | None = None, seen: int | None = None
) -> PackActivated:
    """Make the pair of an earlier activation the active one again: number `to`, else the one before the active one.

    It is a new activation; history is never rewritten. Raises NotFound for no such tenant or activation.
    """
    with database.begin(TenantScope(tenant_id)) as work:
        tenant = work.tenants.get(tenant_id)
        if tenant is None:
            raise unknown_tenant(tenant_id)
        require_active(work, [tenant_id])
        work.pack_activations.lock(tenant_id)
        active = work.pack_activations.active(tenant_id)
        _refuse_unseen(tenant_id, active, None if seen is None else {tenant_id: seen})
        return _activate(work, tenant, active_pair(work, earlier(work, tenant_id, to)), active)


def _activate(work: Work, tenant: Tenant, pair: PackPair, active: PackActivation | None) -> PackActivated:
    tenant_id = tenant.tenant_id
    assert pair.domain_version is not None
    # Also when nothing changes: what an older version of this tool activated was not materialised.
    materialise_playbooks(work, tenant_id, pair)
    materialise_tools(work, tenant_id, pair)
    if active and pair_of(active) == (pair.domain_pack.domain_name, pair.domain_version, pair.policy_version):
        work.record(Outcome.UNCHANGED, tenant_id=tenant_id, after=_ids(active))
        return PackActivated(changed=False, activation=active, previous=active)
    made = work.pack_activations.add(
        tenant_id,
        after=active,
        domain=pair.domain_pack.domain_name,
        domain_version=pair.domain_version,
        policy_version=pair.policy_version,
        activated_by=work.context.actor,
        reason=work.context.reason,
    )
    work.record(tenant_id=tenant_id, before=_ids(active), after=_ids(made))
    return PackActivated(changed=True, activation=made, previous=active)


def _refuse_unseen(tenant_id: str, active: PackActivation | None, seen: Seen | None) -> None:
    number = active.no if active else None
    if seen is not None and (tenant_id not in seen or seen[tenant_id] != number):
        raise Conflict(
            "activated_meanwhile",
            f"what is active for {tenant_id} is not what was looked at",
            why=f"activation no. {number} is active now" if number else "nothing is active for it",
            fix=f"sentinai packs history --tenant {tenant_id}",
        )


def _ids(activation: PackActivation | None) -> dict[str, object]:
    if activation is None:
        return {}
    return {"domain_version": activation.domain_version, "policy_version": activation.policy_version}
