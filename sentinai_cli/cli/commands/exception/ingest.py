"""`sentinai exceptions ingest`."""

from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from sentinai_cli.cli.commands.exception.group import app
from sentinai_cli.cli.file import opened_file
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, DryRun, Reason, Tenant, one_of
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput
from sentinai_cli.render.human import plural

FORMATS = ("json", "jsonl", "csv", "tsv")
_SUFFIXES = {".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".tsv": "tsv"}


@app.command(
    "ingest",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai exceptions ingest breaks.jsonl --tenant TENANT_FINANCE_001 # a record on each line",
        "sentinai exceptions ingest breaks.csv --tenant TENANT_FINANCE_001 --dry-run # what it would come to",
        "sentinai exceptions ingest breaks.json --tenant TENANT_FINANCE_001 --atomic # all of them or none",
        "sentinai exceptions ingest - --format jsonl --tenant ACME --create-tenant --domain Finance # a new tenant",
    ],
    following=[
        "sentinai exceptions list --tenant TENANT_FINANCE_001 # what is there",
        "sentinai operations list # what was taken in, when and by whom",
    ],
)
def ingest(
    ctx: typer.Context,
    *,
    file: Annotated[str, typer.Argument(metavar="FILE", help="The records; - is standard input.", show_default=False)],
    tenant: Tenant = None,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="|".join(FORMATS),
            parser=one_of(FORMATS),
            help="What FILE is, if its name does not say.",
        ),
    ] = None,
    rejects: Annotated[
        str | None,
        typer.Option("--rejects", metavar="FILE", help="Where rejected records go; FILE.rejects.jsonl without it."),
    ] = None,
    atomic: Annotated[bool, typer.Option("--atomic", help="All records or none, in one transaction.")] = False,
    dry_run: DryRun = False,
    create_tenant: Annotated[
        bool, typer.Option("--create-tenant", help="Make the tenant if there is none; needs --domain.")
    ] = False,
    domain: Annotated[str | None, typer.Option("--domain", metavar="NAME", help="The tenant's domain.")] = None,
    plain_cells: Annotated[
        bool, typer.Option("--plain-cells", help="In CSV and TSV a backslash is a backslash, not as export writes it.")
    ] = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Take in exception records from a file: JSON, JSON lines, CSV or TSV, as `export` and the platform write them.

    New ones are created, with the severity that the tenant's rules decide; changed ones are updated by an event, and
    what was done about them stays; the others are left alone, so that repeating it changes nothing. A record that
    cannot be taken (unknown type, another tenant's, not as the pack declares) goes to a file of rejects with its line
    and the reason: exit 8; with --atomic all are listed and nothing is written: exit 2.

    Records are written as they are read, two thousand in a transaction; what was cut off is finished by the same
    command again.
    """
    from sentinai_cli.models.exception_ingest import IngestFormat, IngestRequest
    from sentinai_cli.models.scope import TenantScope
    from sentinai_cli.services.exception_ingest import ingest, require_complete
    from sentinai_cli.services.exception_ingest_reject import RejectFile
    from sentinai_cli.services.tenant import tenant_ids

    runtime = Runtime.of(ctx)
    if create_tenant and domain is None:
        raise InvalidInput("domain_needed", "--create-tenant needs --domain", why="its packs decide about the records")
    chosen = format_ or _SUFFIXES.get(Path(file).suffix.lower())
    if chosen is None:
        raise InvalidInput("format_needed", f"{file} does not say what it is", why=f"give --format {'|'.join(FORMATS)}")
    with ExitStack() as stack:
        opened = stack.enter_context(opened_file(file))
        scope = runtime.writing_scope(tenant, False, lambda: tenant_ids(runtime.database))
        assert isinstance(scope, TenantScope)
        request = IngestRequest(
            tenant_id=scope.tenant_id,
            source=file,
            format=IngestFormat(chosen),
            plain_cells=plain_cells,
            atomic=atomic,
            dry_run=dry_run,
            create_tenant=create_tenant,
            domain=domain,
        )
        kept = None
        if rejects is not None or not (atomic or dry_run):
            kept = stack.enter_context(RejectFile(None if rejects is None else Path(rejects), file))
        runtime.announce_target()
        advance = stack.enter_context(runtime.progress("Ingesting (bytes)", opened.size))
        result = ingest(runtime.database, request, opened.stream, now=runtime.now(), rejects=kept, advance=advance)
    if result.rejects_file:
        runtime.note(f"rejected records are in {result.rejects_file}")
    if result.ignored:
        names = [f"{one.name} of {plural(one.records, 'record')}" for one in result.ignored]
        runtime.note(f"not taken: {', '.join(names)}")
    if result.severity_differs:
        runtime.note(f"{plural(result.severity_differs, 'record')} said another severity than the rules, which decided")
    if not (result.created or result.updated or result.rejected):
        runtime.note("nothing to do" if result.read else "there is no record")
    runtime.show(result)
    require_complete(result)
