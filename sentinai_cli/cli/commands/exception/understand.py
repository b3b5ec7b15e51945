"""`sentinai exceptions show|stats`."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.exception.group import app
from sentinai_cli.cli.exception_filter import Asked, filtered
from sentinai_cli.cli.options import AllTenantsFlag, Tenant
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "show",
    examples=[
        "sentinai exceptions show EXCEPTION # attributes, payload and timeline",
        "sentinai exceptions show EXCEPTION -o json --fields raw_payload # the payload alone",
    ],
    following=["sentinai events verify --tenant TENANT_FINANCE_001 # that its history is whole"],
)
def show(
    ctx: typer.Context,
    *,
    exception_id: Annotated[str, typer.Argument(metavar="EXCEPTION", help="The exception's id.", show_default=False)],
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
) -> None:
    """Show one exception: attributes, payload and timeline.

    Without a tenant every tenant is searched; an id that several tenants have is an error that lists them.
    """
    from sentinai_cli.services.exception import show_exception

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(show_exception(runtime.database, scope, exception_id))


@app.command(
    "stats",
    examples=[
        "sentinai exceptions stats # every tenant",
        "sentinai exceptions stats --tenant TENANT_FINANCE_001 --since yesterday # one tenant's newest",
    ],
    following=["sentinai exceptions list --status open --severity critical # the rows behind a number"],
)
@filtered
def stats(ctx: typer.Context, *, asked: Asked, tenant: Tenant = None, all_tenants: AllTenantsFlag = False) -> None:
    """Count exceptions by tenant, type, status and severity, and how many are past their SLA deadline.

    The filter is that of `sentinai exceptions list`.
    """
    from sentinai_cli.services.exception import exception_stats

    runtime = Runtime.of(ctx)
    chosen = asked.chosen(runtime.now())
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(exception_stats(runtime.database, scope, chosen, at=runtime.now()))
