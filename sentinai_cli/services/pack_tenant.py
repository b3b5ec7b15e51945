"""Which tenants a pack concerns."""

from sentinai_cli.db.work import Work
from sentinai_cli.errors import NotFound
from sentinai_cli.models.pack_version import PackActivation, PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.tenant import Tenant, TenantStatus
from sentinai_cli.services.pack_pair import own_name, refuse_others
from sentinai_cli.services.tenant import unknown_tenant


def tenants_concerned(
    work: Work, scope: TenantScope | AllTenants, reference: PackReference
) -> list[tuple[Tenant, PackActivation | None]]:
    """The tenants that a pack may be activated for in this scope, by id, each with what is active.

    Across all tenants: those of the domain that are active, or the one whose policy pack it is. `work` may be of a
    wider scope. Raises NotFound for no such tenant or none concerned, InvalidInput for a tenant that it does not fit.
    """
    if isinstance(scope, TenantScope):
        tenant = work.tenants.get(scope.tenant_id)
        if tenant is None:
            raise unknown_tenant(scope.tenant_id)
        refuse_others(tenant, reference)
        chosen = [tenant]
    else:
        living = work.tenants.list_all([TenantStatus.ACTIVE])
        chosen = [tenant for tenant in living if own_name(tenant, reference.kind) == reference.name]
    if not chosen:
        raise NotFound("no_tenant_concerned", f"no tenant uses {reference}", fix="sentinai tenants list")
    return [(tenant, work.pack_activations.active(tenant.tenant_id)) for tenant in chosen]
