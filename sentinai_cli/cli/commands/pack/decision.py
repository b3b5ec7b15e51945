"""`sentinai packs effective|why`: what holds for a tenant, and why."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.pack.group import app
from sentinai_cli.cli.file import read_file
from sentinai_cli.cli.options import Tenant
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput


@app.command(
    "effective",
    examples=[
        "sentinai packs effective --tenant TENANT_FINANCE_001 # its packs, merged",
        "sentinai packs effective --tenant TENANT_FINANCE_001 --explain # with who sets each value",
    ],
    following=["sentinai packs why --tenant TENANT_FINANCE_001 --type CASH_BREAK # one decision"],
)
def effective(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Add the layer, pack version and place that set each value.")
    ] = False,
) -> None:
    """Show the merged view of a tenant's active domain and policy pack, value by value."""
    from sentinai_cli.services.pack_effective import effective_packs

    runtime = Runtime.of(ctx)
    runtime.show(effective_packs(runtime.database, _tenant(runtime, tenant), explain=explain))


@app.command(
    "why",
    examples=[
        "sentinai packs why --tenant TENANT_FINANCE_001 --type CASH_BREAK --payload payload.json # a payload",
        "sentinai packs why --tenant TENANT_FINANCE_001 --type CASH_BREAK --amount 1200.50 # what needs none",
    ],
    following=["sentinai exceptions why EXCEPTION # the same for a stored exception"],
)
def why(
    ctx: typer.Context,
    *,
    type_: Annotated[str, typer.Option("--type", metavar="TYPE", help="The exception's type.", show_default=False)],
    tenant: Tenant = None,
    payload: Annotated[
        str | None, typer.Option("--payload", metavar="FILE", help="rawPayload: a JSON object, or - for stdin.")
    ] = None,
    context: Annotated[str | None, typer.Option("--context", metavar="FILE", help="context: a JSON object.")] = None,
    amount: Annotated[str | None, typer.Option("--amount", metavar="DECIMAL", help="The exception's amount.")] = None,
    source: Annotated[str, typer.Option("--source", metavar="SYSTEM", help="The exception's source system.")] = "",
) -> None:
    """Explain what a tenant's active packs would decide: every rule with its result, and the winner.

    Nothing is stored. An override wins over every rule; the rules are tried all the same, to show what it changes.
    """
    from sentinai_cli.services.pack_why import read_record, why_payload

    runtime = Runtime.of(ctx)
    tenant_id = _tenant(runtime, tenant)
    record = read_record(
        type_,
        source_system=source,
        amount=amount,
        payload=read_file(payload) if payload else None,
        context=read_file(context) if context else None,
    )
    runtime.show(why_payload(runtime.database, tenant_id, record))


def _tenant(runtime: Runtime, tenant: str | None) -> str:
    """The tenant that was named or configured; there is none for all tenants at once."""
    named = runtime.given_tenant(tenant)
    if named is None:
        raise InvalidInput("tenant_needed", "this is told for one tenant", why="give --tenant ID")
    return named
