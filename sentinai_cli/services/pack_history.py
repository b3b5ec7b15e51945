"""Which pairs of packs were active when, and which one a rollback goes back to."""

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import NotFound
from sentinai_cli.models.pack_version import PackActivation, PackActivationList
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.tenant import require_tenant


def earlier(work: Work, tenant_id: str, to: int | None) -> PackActivation:
    """The activation that a rollback goes back to: the newest before the active one that had another pair."""
    history = work.pack_activations.history(tenant_id)
    for activation in history[1:] if to is None else history:
        if activation.no == to or (to is None and pair_of(activation) != pair_of(history[0])):
            return activation
    raise NotFound(
        "activation_not_found",
        f"{tenant_id} has no activation no. {to}" if to is not None else f"{tenant_id} has nothing to go back to",
        fix=f"sentinai packs history --tenant {tenant_id}",
    )


def pack_history(database: Database, scope: TenantScope | AllTenants) -> PackActivationList:
    """Every activation that the scope sees. Raises NotFound for no such tenant."""
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        return PackActivationList.whole(work.pack_activations.history())


def pair_of(activation: PackActivation) -> tuple[str, int, int | None]:
    """The pair of packs that an activation stands for."""
    return activation.domain, activation.domain_version, activation.policy_version
