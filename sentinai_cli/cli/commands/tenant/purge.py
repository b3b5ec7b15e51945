"""`sentinai tenants purge`."""

from pathlib import Path
from typing import Annotated

import typer

from sentinai_cli.cli.commands.tenant.group import TenantId, app
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, Confirm, DryRun, Reason
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput


@app.command(
    "purge",
    mutation=Mutation.SEVERE,
    examples=[
        "sentinai tenants purge TENANT_FINANCE_001 --dry-run # what there is of it, table by table",
        "sentinai tenants purge TENANT_FINANCE_001 --to exports # asks for the tenant's id",
        "sentinai tenants purge TENANT_FINANCE_001 --to exports --confirm TENANT_FINANCE_001 # in a script",
    ],
    following=["sentinai events verify --all-tenants # the log still holds", "sentinai tenants list # its id remains"],
)
def purge(
    ctx: typer.Context,
    tenant_id: TenantId,
    *,
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="Where the export and the receipt go.")] = None,
    no_export: Annotated[
        bool, typer.Option("--no-export", help="Write nothing down but the receipt; needs a reason.")
    ] = False,
    dry_run: DryRun = False,
    confirm: Confirm = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Erase all that a tenant has: exceptions, events, packs, playbooks, tools, seed runs.

    All of it is exported first, then erased in batches; the receipt says how many rows of each table went, with
    digests. What remains: its id, which is never given again; the leaves of its events and its seals, so that the log
    still verifies; its legal holds, all released; the journal. Repeating the command with the same --to after an
    interruption finishes it. It is refused on a database marked production, and under a legal hold (exit 7).
    """
    from sentinai_cli.render.human import plural
    from sentinai_cli.services.tenant_purge import check_purge, plan_purge, purge_tenant

    runtime = Runtime.of(ctx)
    if dry_run:
        runtime.show(plan_purge(runtime.database, tenant_id))
        return
    if to is None:
        raise InvalidInput("no_export_place", "say where the receipt goes", why="give --to DIR, or --dry-run to look")
    runtime.announce_target()
    check_purge(runtime.database, tenant_id, exports=not no_export)
    found = plan_purge(runtime.database, tenant_id)
    for table in found.tables:
        runtime.note(f"{table.table}: {plural(table.rows, 'row')}")
    without = "" if not no_export else ", without an export"
    runtime.asking.name(f"erase all that {tenant_id} has{without}", tenant_id, given=confirm)
    rows = {table.table: table.rows for table in found.tables}
    with runtime.progress("Purging", 2 * rows["exception"]) as advance:
        result = purge_tenant(
            runtime.database, tenant_id, to, exports=not no_export, now=runtime.now(), advance=advance
        )
    if not result.purged:
        runtime.note(f"{tenant_id} was purged before; nothing was changed")
    runtime.show(result)
