"""`sentinai tools`: what playbooks may call, tenant by tenant."""

from typing import Annotated, TypeAlias

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, AllTenantsFlag, Reason, Tenant
from sentinai_cli.cli.runtime import Runtime

app = Commands(help="Tools of each tenant: list, show, enable, disable.")

Name: TypeAlias = Annotated[str, typer.Argument(metavar="TOOL", help="The tool's name.", show_default=False)]


@app.command(
    "list",
    examples=[
        "sentinai tools list --tenant TENANT_FINANCE_001 # one tenant's",
        "sentinai tools list --usable # what every tenant's playbooks may call now",
    ],
    following=["sentinai tools show TOOL --tenant TENANT_FINANCE_001 # how it is called"],
)
def list_(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    usable: Annotated[bool, typer.Option("--usable", help="Only those that may be used.")] = False,
    every: Annotated[bool, typer.Option("--every", help="Also those that no active pack declares.")] = False,
) -> None:
    """List the tools that the active packs declare: which the tenant's policy approves, and which are switched off."""
    from sentinai_cli.services.tool import list_tools

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(list_tools(runtime.database, scope, usable=True if usable else None, every=every))


@app.command(
    "show",
    examples=["sentinai tools show getSettlement --tenant TENANT_FINANCE_001 # its declaration and limits"],
    following=["sentinai tools disable TOOL --tenant TENANT_FINANCE_001 # nobody calls it any more"],
)
def show(ctx: typer.Context, name: Name, tenant: Tenant = None, all_tenants: AllTenantsFlag = False) -> None:
    """Show how a tool is called, with the tenant's own limits, and whether it may be used."""
    from sentinai_cli.services.tool import show_tool

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(show_tool(runtime.database, scope, name))


@app.command(
    "enable",
    mutation=Mutation.WRITES,
    examples=["sentinai tools enable getSettlement --tenant TENANT_FINANCE_001 --reason 'outage is over' # again"],
    following=["sentinai tools list --tenant TENANT_FINANCE_001 # what may be used"],
)
def enable(ctx: typer.Context, name: Name, tenant: Tenant = None, reason: Reason = None, actor: Actor = None) -> None:
    """Let one tenant's playbooks call a tool again.

    A tool that the tenant's policy pack does not approve is refused (exit 7).
    """
    _switch(Runtime.of(ctx), name, tenant, enabled=True)


@app.command(
    "disable",
    mutation=Mutation.WRITES,
    examples=["sentinai tools disable getSettlement --tenant TENANT_FINANCE_001 --reason 'outage' # for now"],
    following=["sentinai tools enable TOOL --tenant TENANT_FINANCE_001 # back again"],
)
def disable(ctx: typer.Context, name: Name, tenant: Tenant = None, reason: Reason = None, actor: Actor = None) -> None:
    """Keep one tenant's playbooks from calling a tool, until it is enabled; activating packs does not enable it."""
    _switch(Runtime.of(ctx), name, tenant, enabled=False)


def _switch(runtime: Runtime, name: str, tenant: str | None, *, enabled: bool) -> None:
    from sentinai_cli.models.scope import TenantScope
    from sentinai_cli.services.tenant import tenant_ids
    from sentinai_cli.services.tool import switch_tool

    scope = runtime.writing_scope(tenant, False, lambda: tenant_ids(runtime.database))
    assert isinstance(scope, TenantScope)
    runtime.announce_target()
    result = switch_tool(runtime.database, scope.tenant_id, name, enabled=enabled)
    if not result.changed:
        runtime.note(f"{name} is {'enabled' if enabled else 'disabled'} already; nothing was changed")
    runtime.show(result)
