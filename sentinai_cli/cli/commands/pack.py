"""`sentinai packs`: validate, import, list, show, activate."""

from typing import Annotated

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.file import read_file
from sentinai_cli.cli.options import Actor, AllTenantsFlag, Reason, Tenant, Yes
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import CheckFailed

app = Commands(help="Domain and policy packs: validate, import, list, show, activate.")

File = Annotated[str, typer.Argument(metavar="FILE", help="A JSON file, or - for standard input.", show_default=False)]
Reference = Annotated[
    str, typer.Argument(metavar="PACK", help="domain:NAME or policy:TENANT, with @VERSION.", show_default=False)
]


@app.command(
    "validate",
    examples=[
        "sentinai packs validate domainpacks/finance.sample.json # a file",
        "sentinai packs validate - < pack.json # standard input",
    ],
    following=["sentinai packs import FILE # store it as a new version"],
)
def validate(ctx: typer.Context, file: File) -> None:
    """Check a pack file and run its own test suites; opens no database.

    Exit 4 with every finding, each with JSON pointer and line.
    """
    from sentinai_cli.services.pack import validate_pack

    runtime = Runtime.of(ctx)
    result = validate_pack(read_file(file), name=file)
    runtime.show(result)
    if not result.valid:
        failed = sum(suite.failed for suite in result.suites)
        raise CheckFailed(
            "pack_invalid",
            f"{file} is not a valid pack",
            why=f"{failed} of its own test cases fail" if failed else f"findings: {len(result.findings)}",
        )


@app.command(
    "import",
    examples=[
        "sentinai packs import domainpacks/finance.sample.json --note 'first version' # a domain pack",
        "sentinai packs import policy.json --tenant TENANT_FINANCE_001 # only if it is this tenant's policy pack",
    ],
    following=["sentinai packs activate domain:Finance --tenant TENANT_FINANCE_001 # let it decide"],
)
def import_(
    ctx: typer.Context,
    *,
    file: File,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="What is new in this version.")] = None,
    tenant: Tenant = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Store a pack as a new, immutable version; the number is given by the tool.

    Content that is stored already changes nothing. Nothing is activated. With --tenant the file must be a policy
    pack of that tenant.
    """
    from sentinai_cli.services.pack import import_pack

    runtime = Runtime.of(ctx)
    data = read_file(file)
    runtime.announce_target()
    result = import_pack(runtime.database, data, source=file, note=note, tenant_id=tenant)
    if not result.imported:
        runtime.note(f"unchanged: {result.reference} has this content already")
    runtime.show(result)


@app.command(
    "list",
    examples=[
        "sentinai packs list # every version",
        "sentinai packs list --tenant TENANT_FINANCE_001 # those that one tenant sees",
    ],
    following=["sentinai packs show domain:Finance # the content of one"],
)
def list_(ctx: typer.Context, tenant: Tenant = None, all_tenants: AllTenantsFlag = False) -> None:
    """List every stored version, and for which tenants it is active."""
    from sentinai_cli.services.pack import list_packs

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    runtime.show(list_packs(runtime.database, scope))


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
    "activate",
    examples=[
        "sentinai packs activate domain:Finance@2 --tenant TENANT_FINANCE_001 --reason 'new rule' # one tenant",
        "sentinai packs activate domain:Finance --all-tenants --yes # every tenant of that domain",
    ],
    following=["sentinai packs list --tenant TENANT_FINANCE_001 # what is active"],
)
def activate(
    ctx: typer.Context,
    *,
    reference: Reference,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    yes: Yes = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Let a pack version decide for a tenant from here on.

    The other half of the tenant's pair stays as it is. Exceptions that exist keep their severity. Without @VERSION
    the newest. Asks before it takes the place of an active version.
    """
    from sentinai_cli.models.pack_version import PackActivatedList, PackReference
    from sentinai_cli.services.pack_activation import activate_pack, tenants_to_activate
    from sentinai_cli.services.tenant import tenant_ids

    runtime = Runtime.of(ctx)
    wanted = PackReference.parse(reference)
    scope = runtime.writing_scope(tenant, all_tenants, lambda: tenant_ids(runtime.database))
    plan = tenants_to_activate(runtime.database, scope, wanted)
    runtime.announce_target()
    replaced = [tenant_id for tenant_id, active in plan if active is not None]
    if replaced:
        runtime.asking.agreement(f"activate {wanted} in place of what is active for {', '.join(replaced)}", yes=yes)
    results = [activate_pack(runtime.database, tenant_id, wanted) for tenant_id, _ in plan]
    for result in results:
        if not result.changed:
            runtime.note(f"unchanged: that pair is active for {result.activation.tenant_id} already")
    runtime.show(PackActivatedList.whole(results))
