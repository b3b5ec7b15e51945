"""`sentinai exceptions show|timeline|stats`."""

from typing import Annotated, TypeAlias

import typer

from sentinai_cli.cli.commands.exception.group import app
from sentinai_cli.cli.exception_filter import Asked, filtered
from sentinai_cli.cli.options import All, AllTenantsFlag, AsOf, Cursor, Limit, Tenant, one_of
from sentinai_cli.cli.runtime import Runtime

BY = ("tenant", "domain", "type", "severity", "status", "source", "entity", "owner", "day")

One: TypeAlias = Annotated[str, typer.Argument(metavar="EXCEPTION", help="The exception's id.", show_default=False)]


@app.command(
    "show",
    examples=[
        "sentinai exceptions show EXCEPTION # deadline, payload, playbook and what happened last",
        "sentinai exceptions show EXCEPTION -o json --fields raw_payload # the payload alone",
        "sentinai exceptions show EXCEPTION --as-of now # as its events tell it; any earlier moment will do",
    ],
    following=[
        "sentinai exceptions similar EXCEPTION # cases like it, and how they were resolved",
        "sentinai exceptions timeline EXCEPTION # all that happened",
    ],
)
def show(
    ctx: typer.Context,
    *,
    exception_id: One,
    as_of: AsOf = None,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
) -> None:
    """Show one exception: attributes, how it stands against its deadline, payload, playbook and newest events.

    Without a tenant every tenant is searched; an id that several tenants have is an error that lists them. With
    --as-of it is what its events until then made of it.
    """
    from sentinai_cli.services.exception_shown import show_exception

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    shown, rewritten = show_exception(runtime.database, scope, exception_id, at=runtime.now(), as_of=as_of)
    if rewritten:
        runtime.note("the record was updated since: source, entity, amount and documents are those of today")
    runtime.show(shown)
    if earlier := shown.events_total - len(shown.events):
        here = f"sentinai exceptions timeline {exception_id} --tenant {shown.tenant_id}"
        runtime.note(f"the first {earlier:,} of {shown.events_total:,} events are not shown: {here}")


@app.command(
    "timeline",
    examples=[
        "sentinai exceptions timeline EXCEPTION # what happened, the first event first",
        "sentinai exceptions timeline EXCEPTION --all -o jsonl # every event as a line of data",
        "sentinai exceptions timeline EXCEPTION -o json --fields created_at,actor_id,what # who did what",
    ],
    following=["sentinai events verify --tenant TENANT_FINANCE_001 # that its history is whole"],
)
def timeline(
    ctx: typer.Context,
    *,
    exception_id: One,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    everything: All = False,
) -> None:
    """Tell what happened to one exception: every event in words, what it changed, and how long it took to come.

    Without a tenant every tenant is searched; an id that several tenants have is an error that lists them.
    """
    from sentinai_cli.services.exception_timeline import exception_timeline

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    shown = None if everything else limit
    runtime.show(exception_timeline(runtime.database, scope, exception_id, limit=shown, cursor=cursor))


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
