"""`sentinai exceptions show|stats`."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.exception.group import app
from sentinai_cli.cli.exception_filter import Asked, filtered
from sentinai_cli.cli.options import AllTenantsFlag, AsOf, Limit, Tenant, one_of
from sentinai_cli.cli.runtime import Runtime

BY = ("tenant", "domain", "type", "severity", "status", "source", "entity", "owner", "day")


@app.command(
    "show",
    examples=[
        "sentinai exceptions show EXCEPTION # attributes, payload and timeline",
        "sentinai exceptions show EXCEPTION -o json --fields raw_payload # the payload alone",
        "sentinai exceptions show EXCEPTION --as-of now # as its events tell it; any earlier moment will do",
    ],
    following=["sentinai events verify --tenant TENANT_FINANCE_001 # that its history is whole"],
)
def show(
    ctx: typer.Context,
    *,
    exception_id: Annotated[str, typer.Argument(metavar="EXCEPTION", help="The exception's id.", show_default=False)],
    as_of: AsOf = None,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
) -> None:
    """Show one exception: attributes, payload and timeline.

    Without a tenant every tenant is searched; an id that several tenants have is an error that lists them. With
    --as-of it is what its events until then made of it.
    """
    from sentinai_cli.services.exception import show_exception
    from sentinai_cli.services.exception_past import show_exception_as_of

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    if as_of is None:
        runtime.show(show_exception(runtime.database, scope, exception_id))
        return
    then, rewritten = show_exception_as_of(runtime.database, scope, exception_id, at=as_of)
    if rewritten:
        runtime.note("the record was updated since: source, entity, amount and documents are those of today")
    runtime.show(then)


@app.command(
    "stats",
    examples=[
        "sentinai exceptions stats # every tenant",
        "sentinai exceptions stats --tenant TENANT_FINANCE_001 --since yesterday # one tenant's newest",
        "sentinai exceptions stats --by severity,status # how bad it is",
        "sentinai exceptions stats --by entity --breached --limit 10 # who is hit most",
        "sentinai exceptions stats --by day --since 30d # day by day, as a line too",
    ],
    following=["sentinai exceptions list --status open --severity critical # the rows behind a number"],
)
@filtered
def stats(
    ctx: typer.Context,
    *,
    asked: Asked,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    by: Annotated[
        str | None, typer.Option("--by", metavar="A,B", help=f"Count by these instead: {', '.join(BY)}.")
    ] = None,
    limit: Limit = 50,
) -> None:
    """Count exceptions by tenant, type, status and severity, or by what --by names, and those past their deadline.

    With --by the largest groups come first, up to --limit of them; days come in order. The filter is that of `sentinai
    exceptions list`.
    """
    from sentinai_cli.services.exception import exception_stats

    runtime = Runtime.of(ctx)
    chosen = asked.chosen(runtime.now())
    names = None if by is None else [one_of(BY)(name.strip()) for name in by.split(",")]
    scope = runtime.reading_scope(tenant, all_tenants)
    if names is None:
        runtime.show(exception_stats(runtime.database, scope, chosen, at=runtime.now()))
        return
    from sentinai_cli.models.exception_breakdown import By
    from sentinai_cli.services.exception_breakdown import breakdown

    keys = tuple(By(name) for name in dict.fromkeys(names))
    runtime.show(breakdown(runtime.database, scope, chosen, keys, at=runtime.now(), limit=limit))
