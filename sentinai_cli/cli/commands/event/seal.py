"""`sentinai events seal|anchor`."""

from pathlib import Path
from typing import Annotated

import typer

from sentinai_cli.cli.commands.event.group import app
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, AllTenantsFlag, Reason, Tenant
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "seal",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai events seal --all-tenants # close what is settled, for example every night",
        "sentinai events seal --tenant TENANT_FINANCE_001 # one tenant's log",
    ],
    following=["sentinai events anchor anchors.jsonl --all-tenants # write the seals down outside the database"],
)
def seal(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Close what is settled of each tenant's log under a seal, after checking it.

    Settled is what no open transaction can join any more; the rest waits for the next seal, and how much that is, is
    said. A log that is broken is not sealed (exit 4).
    """
    from sentinai_cli.services.event_seal import seal_events
    from sentinai_cli.services.tenant import tenant_ids

    runtime = Runtime.of(ctx)
    scope = runtime.writing_scope(tenant, all_tenants, lambda: tenant_ids(runtime.database))
    runtime.announce_target()
    with runtime.progress("Sealing") as advance:
        result = seal_events(runtime.database, scope, now=runtime.now(), advance=advance)
    for item in result.items:
        if item.waiting:
            runtime.note(f"{item.tenant_id}: {item.waiting} events wait for a transaction that is still open")
    runtime.show(result)


@app.command(
    "anchor",
    mutation=Mutation.LOCAL,
    examples=[
        "sentinai events anchor anchors.jsonl --all-tenants # append the newest seals",
        "sentinai events anchor /mnt/worm/anchors.jsonl --tenant TENANT_FINANCE_001 # where nobody can rewrite it",
    ],
    following=["sentinai events prove EXCEPTION:1 -o json # the proof that an event is under a seal"],
)
def anchor(
    ctx: typer.Context,
    *,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file outside the database.", show_default=False)],
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Append the newest seal of each tenant to a file of JSON lines, unless it is there.

    Keep the file where those who can write to the database cannot: a history that was rewritten throughout, seals
    included, is found by comparing with it, and by nothing else.
    """
    from sentinai_cli.services.event_anchor import anchor_seals
    from sentinai_cli.services.tenant import tenant_ids

    runtime = Runtime.of(ctx)
    scope = runtime.writing_scope(tenant, all_tenants, lambda: tenant_ids(runtime.database))
    runtime.announce_target()
    runtime.show(anchor_seals(runtime.database, scope, file, now=runtime.now()))
