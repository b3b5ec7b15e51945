"""`sentinai events prove`."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.event.group import app
from sentinai_cli.cli.file import read_file
from sentinai_cli.cli.options import AllTenantsFlag, Tenant
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import CheckFailed, InvalidInput


@app.command(
    "prove",
    examples=[
        "sentinai events prove EXCEPTION:1 -o json # that an exception's first event was logged; keep it in a file",
        "sentinai events prove --check-proof proof.json --against anchors.jsonl # offline, by anybody",
    ],
    following=["sentinai events seal --all-tenants # close what no seal covers yet"],
)
def prove(
    ctx: typer.Context,
    *,
    event: Annotated[
        str | None, typer.Argument(metavar="EVENT", help="An event's id, or EXCEPTION:NUMBER.", show_default=False)
    ] = None,
    proof: Annotated[
        str | None, typer.Option("--check-proof", metavar="FILE", help="Check this proof; opens no database.")
    ] = None,
    against: Annotated[
        str | None, typer.Option("--against", metavar="FILE", help="Anchors that the proof must lead to.")
    ] = None,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
) -> None:
    """Print the proof that an event is in the log, or check one.

    A proof leads by hashes from the event to a seal; of an erased event it holds the leaf. Checking needs nothing but
    the proof, and an anchor for who does not trust its seals. Exit 4 when it does not hold or no seal covers it.
    """
    from sentinai_cli.models.event_anchor import LARGEST_FILE, read_anchors
    from sentinai_cli.services.event_proof import check_proof_file, prove_event

    if (event is None) == (proof is None) or (against is not None and proof is None):
        raise InvalidInput("options_contradict", "give either an event, or --check-proof with or without --against")
    runtime = Runtime.of(ctx)
    if proof is None:
        scope = runtime.reading_scope(tenant, all_tenants)
        runtime.show(prove_event(runtime.database, scope, event or ""))
        return
    anchors = () if against is None else read_anchors(read_file(against, largest=LARGEST_FILE), name=against)
    result = check_proof_file(read_file(proof, largest=LARGEST_FILE), name=proof, anchors=anchors)
    runtime.show(result)
    if not result.valid:
        raise CheckFailed("proof_broken", f"{proof} proves nothing", why="\n".join(result.faults))
