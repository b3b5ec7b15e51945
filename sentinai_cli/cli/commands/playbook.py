"""`sentinai playbooks`: what is done about exceptions, step by step."""

from typing import Annotated

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.options import AllTenantsFlag, Tenant
from sentinai_cli.cli.runtime import Runtime

app = Commands(help="Playbooks of each tenant, as its active packs declare them.")


@app.command(
    "list",
    examples=[
        "sentinai playbooks list --tenant TENANT_FINANCE_001 # one tenant's",
        "sentinai playbooks list --type SETTLEMENT_FAIL # those for one type, of every tenant",
    ],
    following=["sentinai playbooks show PLAYBOOK --tenant TENANT_FINANCE_001 # its steps"],
)
def list_(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    type_: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="For this exception type, for example CASH_BREAK.")
    ] = None,
    every: Annotated[bool, typer.Option("--every", help="Also those that are no longer active.")] = False,
) -> None:
    """List the playbooks that packs made when they were activated, by tenant."""
    from sentinai_cli.services.playbook import list_playbooks

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(list_playbooks(runtime.database, scope, exception_type=type_, every=every))


@app.command(
    "show",
    examples=["sentinai playbooks show PB_FIN_SETTLEMENT_FAIL --tenant TENANT_FINANCE_001 # with its steps"],
    following=["sentinai tools list --tenant TENANT_FINANCE_001 # what its steps call"],
)
def show(
    ctx: typer.Context,
    *,
    playbook_id: Annotated[str, typer.Argument(metavar="PLAYBOOK", help="The playbook's id.", show_default=False)],
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    version: Annotated[
        int | None, typer.Option("--version", metavar="N", min=1, help="An earlier content.", show_default=False)
    ] = None,
) -> None:
    """Show a playbook with its steps in order, and whether their tools may be used.

    The active content, else the newest; an id that several tenants have is an error that lists them.
    """
    from sentinai_cli.services.playbook import show_playbook

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(show_playbook(runtime.database, scope, playbook_id, version=version))
