"""What holds for a tenant: its packs merged, value by value."""

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import NotFound
from sentinai_cli.models.pack_effective import EffectivePacks, EffectiveValue, PackLayer
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.packs.effective import Setting, effective
from sentinai_cli.packs.secret import masked
from sentinai_cli.services.pack_pair import PackPair, active_pair
from sentinai_cli.services.tenant import unknown_tenant


def effective_packs(database: Database, tenant_id: str, *, explain: bool) -> EffectivePacks:
    """The active packs of a tenant, merged; with `explain`, who sets each value and what it takes the place of.

    Raises NotFound for no such tenant and for one without active packs.
    """
    with database.begin(TenantScope(tenant_id), read_only=True) as work:
        if work.tenants.get(tenant_id) is None:
            raise unknown_tenant(tenant_id)
        active = work.pack_activations.active(tenant_id)
        if active is None:
            raise NotFound(
                "no_active_packs",
                f"no packs are active for {tenant_id}",
                fix=f"sentinai packs activate domain:NAME --tenant {tenant_id}",
            )
        pair = active_pair(work, active)
    values = tuple(_value(setting, pair, explain=explain) for setting in effective(pair.domain_pack, pair.policy_pack))
    return EffectivePacks(
        items=values,
        page=Page.of_all(len(values)),
        tenant_id=tenant_id,
        domain_pack=pair.domain_reference,
        policy_pack=pair.policy_reference,
        explained=explain,
    )


def _value(setting: Setting, pair: PackPair, *, explain: bool) -> EffectiveValue:
    value = masked(setting.value)
    if not explain:
        return EffectiveValue(name=setting.name, value=value)
    packs = {
        PackLayer.POLICY: pair.policy_reference,
        PackLayer.DOMAIN: pair.domain_reference,
        PackLayer.DEFAULT: None,
    }
    return EffectiveValue(
        name=setting.name,
        value=value,
        layer=setting.layer,
        pack=packs[setting.layer],
        place=setting.place or None,
        instead_of=masked(setting.instead_of),
    )
