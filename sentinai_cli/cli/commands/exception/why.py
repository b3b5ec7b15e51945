"""`sentinai exceptions why`."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.exception.group import app
from sentinai_cli.cli.options import AllTenantsFlag, Tenant
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "why",
    examples=[
        "sentinai exceptions why EXCEPTION # why it is as severe as it is",
        "sentinai exceptions why EXCEPTION -o json --fields layer,rule,tried # for a script",
    ],
    following=["sentinai packs effective --tenant TENANT_FINANCE_001 --explain # everything that holds for its tenant"],
)
def why(
    ctx: typer.Context,
    *,
    exception_id: Annotated[str, typer.Argument(metavar="EXCEPTION", help="The exception's id.", show_default=False)],
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
) -> None:
    """Explain what the active packs decide about an exception: every rule with its result, and the winner.

    It is judged anew by its payload; a stored severity that differs is named, with the reason as far as it is known.
    """
    from sentinai_cli.services.pack_why import why_exception

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(why_exception(runtime.database, scope, exception_id))
