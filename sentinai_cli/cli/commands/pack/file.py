"""`sentinai packs validate|schema|import|test`: pack files, and the tests that they bring along."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sentinai_cli.cli.commands.pack.group import File, Reference, agree_if_breaking, app, tell_impact
from sentinai_cli.cli.file import read_file
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, AllTenantsFlag, DryRun, Reason, Tenant, Yes, one_of
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import CheckFailed

if TYPE_CHECKING:
    from sentinai_cli.models.pack_impact import PackImpact

KINDS = ("domain", "policy")


@app.command(
    "validate",
    examples=[
        "sentinai packs validate domainpacks/finance.sample.json # a file",
        "sentinai packs validate - < pack.yaml # standard input",
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
    "schema",
    examples=[
        "sentinai packs schema domain > domain-pack.schema.json # for an editor or another validator",
        "sentinai packs schema policy -o json --fields document.properties # a part of it",
    ],
    following=["sentinai packs validate FILE # which also checks what a schema cannot say"],
)
def schema(
    ctx: typer.Context,
    kind: Annotated[
        str,
        typer.Argument(metavar="|".join(KINDS), parser=one_of(KINDS), help="Which kind of pack.", show_default=False),
    ],
) -> None:
    """Print the JSON Schema of pack files, in their canonical spelling; opens no database.

    Without --output the schema itself is printed, on a terminal too.
    """
    from sentinai_cli.models.pack_version import PackKind
    from sentinai_cli.services.pack import pack_schema

    runtime = Runtime.of(ctx)
    result = pack_schema(PackKind(kind))
    if runtime.shared.output is None and not runtime.shared.fields:
        from sentinai_cli.render.document import encode

        sys.stdout.write(encode(result.document, indent=2) + "\n")
    else:
        runtime.show(result)


@app.command(
    "import",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai packs import domainpacks/finance.sample.json --note 'first version' # a domain pack",
        "sentinai packs import policy.yaml --tenant TENANT_FINANCE_001 # only if it is this tenant's policy pack",
        "sentinai packs import policy.yaml --activate --dry-run # what it would change if it decided",
    ],
    following=["sentinai packs activate domain:Finance --tenant TENANT_FINANCE_001 # let it decide"],
)
def import_(
    ctx: typer.Context,
    *,
    file: File,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help="What is new in this version.")] = None,
    activate: Annotated[bool, typer.Option("--activate", help="Let it decide from here on, too.")] = False,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    allow_failing_tests: Annotated[
        bool, typer.Option("--allow-failing-tests", help="Although its own tests fail; needs --reason.")
    ] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Store a pack as a new, immutable version; the number is given by the tool.

    Content that is stored already is not stored again. A pack whose own tests fail is refused. With --tenant the
    file must be a policy pack of that tenant, or be a domain pack that --activate activates for it. Import and
    activation are one transaction; the impact is shown before, and asked about when it is breaking.
    """
    from sentinai_cli.services.pack_import import Activation, import_pack
    from sentinai_cli.services.tenant import tenant_ids

    runtime = Runtime.of(ctx)
    data = read_file(file)
    if not dry_run:
        runtime.announce_target()

    def confirm(impact: "PackImpact") -> None:
        tell_impact(runtime, impact)
        agree_if_breaking(runtime, impact, yes=yes)

    with runtime.progress("Judging") as advance:
        activation = Activation(
            scope=lambda: runtime.writing_scope(tenant, all_tenants, lambda: tenant_ids(runtime.database)),
            confirm=confirm,
            advance=advance,
        )
        result = import_pack(
            runtime.database,
            data,
            source=file,
            note=note,
            tenant_id=tenant,
            activation=activation if activate else None,
            allow_failing_tests=allow_failing_tests,
            dry_run=dry_run,
        )
    if dry_run:
        runtime.note("dry run: nothing was changed")
    elif not result.imported:
        runtime.note(f"unchanged: {result.reference} has this content already")
    if result.failing_tests:
        runtime.note(f"{result.failing_tests} of its own test cases fail")
    runtime.show(result)


@app.command(
    "test",
    examples=[
        "sentinai packs test domain:Finance # the newest version",
        "sentinai packs test domain:Finance@2 --tenant TENANT_FINANCE_001 # under this tenant's policy pack",
    ],
    following=["sentinai packs impact domain:Finance # what it would change about stored exceptions"],
)
def run_tests(ctx: typer.Context, reference: Reference, tenant: Tenant = None) -> None:
    """Run a stored domain pack's own test suites. Exit 4 when one fails.

    With --tenant they are decided under the policy pack that is active for it: what fails then is what it overrides.
    """
    from sentinai_cli.models.pack_version import PackReference
    from sentinai_cli.services.pack_suite import run_pack_suites

    runtime = Runtime.of(ctx)
    result = run_pack_suites(runtime.database, PackReference.parse(reference), tenant_id=tenant)
    runtime.show(result)
    if result.failed:
        raise CheckFailed("pack_tests_failed", f"{result.failed} of {result.passed + result.failed} test cases fail")
