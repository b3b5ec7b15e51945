"""Activating packs: which pair decides for a tenant from here on."""

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import CheckFailed, InvalidInput, NotFound
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.pack_version import PackActivated, PackActivation, PackKind, PackReference
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.tenant import Tenant
from sentinai_cli.packs.check import check_policy_pack
from sentinai_cli.services.pack import find_pack, read_stored
from sentinai_cli.services.tenant import unknown_tenant


def tenants_to_activate(
    database: Database, scope: TenantScope | AllTenants, reference: PackReference
) -> list[tuple[str, PackActivation | None]]:
    """The tenants that activating `reference` in this scope concerns, by id, each with its pair so far.

    Across all tenants: those of the domain, or the one whose policy pack it is. Raises what activate_pack would raise
    for any of them, so that nothing is begun that cannot be finished.
    """
    with database.begin(scope, read_only=True) as work:
        if isinstance(scope, TenantScope):
            tenant = work.tenants.get(scope.tenant_id)
            if tenant is None:
                raise unknown_tenant(scope.tenant_id)
            _refuse_others(tenant, reference)
            chosen = [tenant]
        else:
            chosen = [tenant for tenant in work.tenants.list_all() if _own(tenant, reference) == reference.name]
        find_pack(work, reference)
        if not chosen:
            raise NotFound("no_tenant_concerned", f"no tenant uses {reference}", fix="sentinai tenants list")
        plan = [(tenant, work.pack_activations.active(tenant.tenant_id)) for tenant in chosen]
        for tenant, previous in plan:
            _refuse_misfits(work, tenant, *_pair(work, tenant, reference, previous))
        return [(tenant.tenant_id, previous) for tenant, previous in plan]


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
    with database.begin(TenantScope(tenant_id)) as work:
        tenant = work.tenants.get(tenant_id)
        if tenant is None:
            raise unknown_tenant(tenant_id)
        _refuse_others(tenant, reference)
        previous = work.pack_activations.active(tenant_id)
        domain_version, policy_version = _pair(work, tenant, reference, previous)
        if previous and (previous.domain_version, previous.policy_version) == (domain_version, policy_version):
            work.record(Outcome.UNCHANGED, tenant_id=tenant_id, after=_ids(previous))
            return PackActivated(changed=False, activation=previous, previous=previous)
        _refuse_misfits(work, tenant, domain_version, policy_version)
        made = work.pack_activations.add(
            tenant_id,
            after=previous,
            domain=tenant.domain,
            domain_version=domain_version,
            policy_version=policy_version,
            activated_by=work.context.actor,
            reason=work.context.reason,
        )
        work.record(tenant_id=tenant_id, before=_ids(previous), after=_ids(made))
    return PackActivated(changed=True, activation=made, previous=previous)


def _pair(
    work: Work, tenant: Tenant, reference: PackReference, previous: PackActivation | None
) -> tuple[int, int | None]:
    if reference.kind is PackKind.DOMAIN:
        chosen = work.domain_packs.get(reference.name, reference.version)
        if chosen is None:
            raise _not_found(reference)
        return chosen.version, previous.policy_version if previous else None
    policy = work.policy_packs.get(reference.name, reference.version)
    if policy is None:
        raise _not_found(reference)
    if previous is not None:
        return previous.domain_version, policy.version
    return find_pack(work, PackReference(kind=PackKind.DOMAIN, name=tenant.domain)).version, policy.version


def _refuse_others(tenant: Tenant, reference: PackReference) -> None:
    own = _own(tenant, reference)
    if reference.name != own:
        raise InvalidInput(
            "pack_does_not_fit",
            f"{reference} cannot be active for {tenant.tenant_id}",
            why=f"its {reference.kind} packs are {reference.kind}:{own}",
            fix=f"sentinai packs list --tenant {tenant.tenant_id}",
        )


def _own(tenant: Tenant, reference: PackReference) -> str:
    return tenant.domain if reference.kind is PackKind.DOMAIN else tenant.tenant_id


def _refuse_misfits(work: Work, tenant: Tenant, domain_version: int, policy_version: int | None) -> None:
    if policy_version is None:
        return
    domain_pack = find_pack(work, PackReference(kind=PackKind.DOMAIN, name=tenant.domain, version=domain_version))
    policy_pack = find_pack(work, PackReference(kind=PackKind.POLICY, name=tenant.tenant_id, version=policy_version))
    findings = check_policy_pack(read_stored(PolicyPack, policy_pack), read_stored(DomainPack, domain_pack))
    if findings:
        raise CheckFailed(
            "packs_do_not_fit",
            f"policy version {policy_version} does not fit domain version {domain_version}",
            why="\n".join(finding.sentence for finding in findings),
            fix=f"sentinai packs show policy:{tenant.tenant_id}@{policy_version}",
        )


def _ids(activation: PackActivation | None) -> dict[str, object]:
    if activation is None:
        return {}
    return {"domain_version": activation.domain_version, "policy_version": activation.policy_version}


def _not_found(reference: PackReference) -> NotFound:
    return NotFound("pack_not_found", f"there is no pack {reference}", fix="sentinai packs list")
