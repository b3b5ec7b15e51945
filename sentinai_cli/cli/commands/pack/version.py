"""`sentinai packs list|show|diff|history`: the versions that are stored, and which were active when."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.pack.file import KINDS
from sentinai_cli.cli.commands.pack.group import Reference, app
from sentinai_cli.cli.options import AllTenantsFlag, Tenant, one_of
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "list",
    examples=[
        "sentinai packs list # every version",
        "sentinai packs list --tenant TENANT_FINANCE_001 --active # what decides for one tenant",
        "sentinai packs list --kind domain --newest # the newest version of each domain pack",
    ],
    following=["sentinai packs show domain:Finance # the content of one"],
)
def list_(
    ctx: typer.Context,
    *,
    kind: Annotated[
        str | None, typer.Option("--kind", metavar="|".join(KINDS), parser=one_of(KINDS), help="Of this kind only.")
    ] = None,
    domain: Annotated[
        str | None, typer.Option("--domain", metavar="NAME", help="Of this domain, for example Finance.")
    ] = None,
    newest: Annotated[bool, typer.Option("--newest", help="The newest version of each pack only.")] = False,
    active: Annotated[bool, typer.Option("--active", help="Versions that decide for somebody only.")] = False,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
) -> None:
    """List the stored versions, and for which tenants each is active."""
    from sentinai_cli.models.pack_version import PackKind
    from sentinai_cli.services.pack import list_packs

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    chosen = PackKind(kind) if kind else None
    runtime.show(list_packs(runtime.database, scope, kind=chosen, domain=domain, newest=newest, active=active))


@app.command(
    "show",
    examples=[
        "sentinai packs show domain:Finance@1 # one version",
        "sentinai packs show policy:TENANT_FINANCE_001 -o json --fields pack # the active one's content",
    ],
    following=["sentinai packs list # the other versions"],
)
def show(ctx: typer.Context, reference: Reference, tenant: Tenant = None, all_tenants: AllTenantsFlag = False) -> None:
    """Show a pack's content, secrets masked.

    Without @VERSION: the version that is active for the tenant, else the newest.
    """
    from sentinai_cli.models.pack_version import PackReference
    from sentinai_cli.services.pack import show_pack

    runtime = Runtime.of(ctx)
    wanted = PackReference.parse(reference)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(show_pack(runtime.database, scope, wanted))


@app.command(
    "diff",
    examples=[
        "sentinai packs diff domain:Finance@1 domain:Finance@2 # by type, rule, tool and playbook",
        "sentinai packs diff domain:Finance@1 domain:Finance@2 -o json # with a JSON Patch",
    ],
    following=["sentinai packs impact domain:Finance@2 # what the difference changes about stored exceptions"],
)
def diff(
    ctx: typer.Context,
    *,
    a: Annotated[str, typer.Argument(metavar="A", help="The pack before.", show_default=False)],
    b: Annotated[str, typer.Argument(metavar="B", help="The pack after.", show_default=False)],
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
) -> None:
    """Show what changes from one stored pack to another.

    Without @VERSION: the version that is active for the tenant, else the newest. Equal packs give an empty list.
    """
    from sentinai_cli.models.pack_version import PackReference
    from sentinai_cli.services.pack_diff import diff_packs

    runtime = Runtime.of(ctx)
    before, after = PackReference.parse(a), PackReference.parse(b)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(diff_packs(runtime.database, scope, before, after))


@app.command(
    "history",
    examples=["sentinai packs history --tenant TENANT_FINANCE_001 # its activations, newest first"],
    following=["sentinai packs rollback --tenant TENANT_FINANCE_001 # back to the pair before"],
)
def history(ctx: typer.Context, tenant: Tenant = None, all_tenants: AllTenantsFlag = False) -> None:
    """List which pair of packs was active since when, by whom and why."""
    from sentinai_cli.services.pack_history import pack_history

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(pack_history(runtime.database, scope))
