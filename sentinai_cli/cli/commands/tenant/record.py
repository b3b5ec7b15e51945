"""`sentinai tenants create|list|show`."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.tenant.group import TenantId, app
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, IfNotExists, Reason, one_of
from sentinai_cli.cli.runtime import Runtime

STATUSES = ("active", "suspended", "archived", "purged")


@app.command(
    "create",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai tenants create TENANT_FINANCE_007 --domain Finance # named by its id",
        "sentinai tenants create ACME --name 'Acme Capital' --domain Finance --if-not-exists # safe to repeat",
    ],
    following=["sentinai packs activate domain:Finance --tenant TENANT_FINANCE_007 # what decides for it"],
)
def create(
    ctx: typer.Context,
    *,
    tenant_id: TenantId,
    domain: Annotated[
        str, typer.Option("--domain", metavar="NAME", help="The domain of its packs.", show_default=False)
    ],
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="What it is called; else its id.")] = None,
    if_not_exists: IfNotExists = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Create a tenant, without packs or exceptions.

    An id that exists, in any letter case, is a conflict (exit 6) and nothing changes.
    """
    from sentinai_cli.services.tenant import create_tenant

    runtime = Runtime.of(ctx)
    runtime.announce_target()
    made = create_tenant(runtime.database, tenant_id, name=name, domain=domain, if_not_exists=if_not_exists)
    if not made.created:
        runtime.note(f"{tenant_id} exists already; nothing was changed")
    runtime.show(made)


@app.command(
    "list",
    examples=[
        "sentinai tenants list # all of them",
        "sentinai tenants list --status suspended --status archived # those that take nothing new",
        "sentinai tenants list -o json --fields tenant_id,domain # for a script",
    ],
    following=["sentinai tenants show TENANT_FINANCE_001 # one of them, with its packs and rows"],
)
def list_(
    ctx: typer.Context,
    statuses: Annotated[
        list[str] | None,
        typer.Option(
            "--status",
            metavar="|".join(STATUSES),
            parser=one_of(STATUSES),
            help="Of this status only.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """List the tenants, by id."""
    from sentinai_cli.models.tenant import TenantStatus
    from sentinai_cli.services.tenant import list_tenants

    runtime = Runtime.of(ctx)
    runtime.show(list_tenants(runtime.database, [TenantStatus(word) for word in statuses or ()]))


@app.command(
    "show",
    examples=[
        "sentinai tenants show TENANT_FINANCE_001 # its packs, how much it holds, how busy it is",
        "sentinai tenants show TENANT_FINANCE_001 --exact # a large one's rows counted, which may take a while",
    ],
    following=["sentinai exceptions list --tenant TENANT_FINANCE_001 # its exceptions, newest first"],
)
def show(
    ctx: typer.Context,
    tenant_id: TenantId,
    exact: Annotated[bool, typer.Option("--exact", help="Count a large tenant's rows too.")] = False,
) -> None:
    """Show a tenant, its active packs, what it holds and the events of its last 14 days.

    Exceptions and events of a large tenant are estimated from the server's statistics, said so, unless --exact is
    given; the size is always estimated from a sample, of rows, without indexes.
    """
    from sentinai_cli.services.tenant_usage import show_tenant

    runtime = Runtime.of(ctx)
    runtime.show(show_tenant(runtime.database, tenant_id, now=runtime.now(), exact=exact))
