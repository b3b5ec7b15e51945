"""`sentinai retention hold|release|holds`: legal holds."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.retention.group import app
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, AllTenantsFlag, Reason, Tenant, Yes
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput


@app.command(
    "hold",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai retention hold --tenant TENANT_FINANCE_001 --reason 'case 4711' # everything of a tenant",
        "sentinai retention hold --tenant TENANT_FINANCE_001 --exception EXCEPTION --reason 'case 4711' # only one",
    ],
    following=["sentinai retention holds # what is held, and why"],
)
def hold(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    exception_id: Annotated[
        str | None, typer.Option("--exception", metavar="ID", help="This exception only.", show_default=False)
    ] = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Keep everything of a tenant, or one exception, from being erased.

    Retention leaves out what is held; a purge and a seed reset are refused. The database itself enforces it. When the
    command has returned, nothing that is held goes any more, also where a run is under way. Several holds may cover the
    same; each is released on its own.
    """
    from sentinai_cli.services.legal_hold import place_hold

    runtime = Runtime.of(ctx)
    named = runtime.given_tenant(tenant)
    if named is None:
        raise InvalidInput("no_tenant", "say whose data is to be held", why="give --tenant ID")
    runtime.announce_target()
    result = place_hold(runtime.database, named, exception_id, now=runtime.now())
    if not result.placed:
        runtime.note("held for that reason already; nothing was changed")
    runtime.show(result)


@app.command(
    "release",
    mutation=Mutation.WRITES,
    examples=["sentinai retention release HOLD --reason 'case 4711 is closed' # an id that holds shows"],
    following=["sentinai retention plan # what may go, now that it is not held"],
)
def release(
    ctx: typer.Context,
    hold_id: Annotated[str, typer.Argument(metavar="HOLD", help="The hold's id.", show_default=False)],
    *,
    reason: Reason = None,
    actor: Actor = None,
    yes: Yes = False,
) -> None:
    """End a legal hold: what no other hold covers may be erased again.

    The hold stays on record, with who released it and why.
    """
    from sentinai_cli.services.legal_hold import find_hold, release_hold

    runtime = Runtime.of(ctx)
    runtime.announce_target()
    found = find_hold(runtime.database, hold_id)
    if found.released_at is None:
        runtime.asking.agreement(f"Let {found.covers} be erased again ({found.reason})", yes=yes)
    result = release_hold(runtime.database, found)
    if not result.released:
        runtime.note("released before; nothing was changed")
    runtime.show(result)


@app.command(
    "holds",
    examples=[
        "sentinai retention holds # in force, of every tenant",
        "sentinai retention holds --tenant TENANT_FINANCE_001 --released # also those of the past",
    ],
    following=["sentinai retention release HOLD --reason 'case 4711 is closed' # end one"],
)
def holds(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    released: Annotated[bool, typer.Option("--released", help="Also those that were released.")] = False,
) -> None:
    """List the legal holds in force: what must not be erased, why, since when and by whom."""
    from sentinai_cli.services.legal_hold import list_holds

    runtime = Runtime.of(ctx)
    runtime.show(list_holds(runtime.database, runtime.reading_scope(tenant, all_tenants), released=released))
