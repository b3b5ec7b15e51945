"""Tenants' tools: made of the active packs, listed, shown and switched."""

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import InvalidInput, NotFound, Refused
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.tool import ToolDefinition, ToolList, ToolSwitched
from sentinai_cli.packs import overlay
from sentinai_cli.packs.secret import masked
from sentinai_cli.services.pack_pair import PackPair
from sentinai_cli.services.tenant import require_tenant, unknown_tenant
from sentinai_cli.services.tenant_status import require_active

ReadScope = TenantScope | AllTenants


def materialise_tools(work: Work, tenant_id: str, pair: PackPair) -> None:
    """Make exactly the pair's tools the tenant's; switches stay as they are. Doing it again changes nothing."""
    approved = overlay.tools(pair.domain_pack, pair.policy_pack)
    assert pair.domain_version is not None
    declared = [
        ToolDefinition(
            tenant_id=tenant_id,
            name=name,
            type=tool.type,
            config=approved.get(name, tool).model_dump(mode="json", by_alias=True, exclude={"type"}, exclude_none=True),
            domain=pair.domain_pack.domain_name,
            origin_version=pair.domain_version,
            in_pack=True,
            approved=name in approved,
            enabled=True,
        )
        for name, tool in sorted(pair.domain_pack.tools.items())
    ]
    work.tools.put(declared)
    work.tools.retire(tenant_id, [tool.name for tool in declared])


def list_tools(database: Database, scope: ReadScope, *, usable: bool | None = None, every: bool = False) -> ToolList:
    """The tools of the active packs, or `every` tool there was. Raises NotFound for no such tenant."""
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        found = work.tools.list_all(usable=usable, in_pack=None if every else True)
    return ToolList.whole(_shown(tool) for tool in found)


def show_tool(database: Database, scope: ReadScope, name: str) -> ToolDefinition:
    """One tool. Raises NotFound, and InvalidInput when several tenants in scope have one of that name."""
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        found = [tool for tool in work.tools.list_all(in_pack=None) if tool.name == name]
    if not found:
        raise _unknown(name)
    if len(found) > 1:
        raise InvalidInput(
            "tool_ambiguous",
            f"{len(found)} tenants have a tool {name}",
            why=", ".join(tool.tenant_id for tool in found),
            fix=f"sentinai tools show {name} --tenant {found[0].tenant_id}",
        )
    return _shown(found[0])


def switch_tool(database: Database, tenant_id: str, name: str, *, enabled: bool) -> ToolSwitched:
    """Let a tenant's playbooks call a tool, or not; the switch outlives activations.

    Raises NotFound for no such tenant or tool, Refused when a tool is to be enabled that the packs do not allow.
    """
    with database.begin(TenantScope(tenant_id)) as work:
        if work.tenants.get(tenant_id) is None:
            raise unknown_tenant(tenant_id)
        require_active(work, [tenant_id])
        tool = work.tools.get(tenant_id, name)
        if tool is None:
            raise _unknown(name)
        if enabled and not tool.approved:
            raise Refused(
                "tool_not_approved",
                f"{name} may not be enabled for {tenant_id}",
                why="its policy pack does not approve it" if tool.in_pack else "its domain pack does not declare it",
                fix=f"sentinai packs effective --tenant {tenant_id} --explain",
            )
        changed = work.tools.set_enabled(tenant_id, name, enabled=enabled)
        work.record(
            Outcome.DONE if changed else Outcome.UNCHANGED,
            tenant_id=tenant_id,
            before={"tool": name, "enabled": tool.enabled},
            after={"tool": name, "enabled": enabled},
        )
        switched = work.tools.get(tenant_id, name)
        assert switched is not None
    return ToolSwitched(changed=changed, tool=_shown(switched))


def _shown(tool: ToolDefinition) -> ToolDefinition:
    return tool.model_copy(update={"config": masked(tool.config)})


def _unknown(name: str) -> NotFound:
    return NotFound("tool_not_found", f"there is no tool {name[:128]}", fix="sentinai tools list", named=name)
