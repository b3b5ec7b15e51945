"""`sentinai events verify`."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.event.group import app
from sentinai_cli.cli.file import read_file
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import AllTenantsFlag, Tenant, Workers
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import CheckFailed, InvalidInput


@app.command(
    "verify",
    examples=[
        "sentinai events verify --all-tenants # the whole log",
        "sentinai events verify --tenant TENANT_FINANCE_001 -o json # one tenant's, for a script",
        "sentinai events verify --fold # and that each row is what its events make of it",
        "sentinai events verify --since-seal # what came after the last seals, trusting them",
    ],
    following=[
        "sentinai exceptions show EXCEPTION # the timeline of one that is broken",
        "sentinai events seal --all-tenants # close what was found whole",
    ],
    mutation=Mutation.LOCAL,
)
def verify(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    since_seal: Annotated[bool, typer.Option("--since-seal", help="Only what no seal has closed yet.")] = False,
    fold: Annotated[
        bool, typer.Option("--fold", help="Also compare each row with what its events make of it.")
    ] = False,
    against: Annotated[
        str | None, typer.Option("--against", metavar="FILE", help="Anchors that the seals must agree with.")
    ] = None,
    workers: Workers = None,
) -> None:
    """Check every exception's chain of events, its head and its record, and every seal, against their hashes.

    Exit 4 when anything does not hold; the first breaks are listed with exception, event number and kind. That it was
    verified, and what came of it, is entered in the operator journal where that can be written: `sentinai health` tells
    when it is due again.
    """
    from sentinai_cli.models.event_anchor import LARGEST_FILE, read_anchors
    from sentinai_cli.services.event import verify_events
    from sentinai_cli.services.event_verified import record_verification

    if since_seal and fold:
        raise InvalidInput(
            "options_contradict", "--fold needs every event", why="--since-seal leaves out those that are sealed"
        )
    runtime = Runtime.of(ctx)
    anchors = () if against is None else read_anchors(read_file(against, largest=LARGEST_FILE), name=against)
    scope = runtime.reading_scope(tenant, all_tenants, entered=True)
    with runtime.progress("Verifying") as advance:
        result = verify_events(
            runtime.database,
            scope,
            advance=advance,
            workers=workers,
            since_seal=since_seal,
            folded=fold,
            anchors=anchors,
        )
    if anchors and not result.anchors:
        runtime.note(f"none of the anchors in {against} is of a tenant in scope")
    runtime.show(result)
    if unrecorded := record_verification(runtime.database, scope, result, since_seal=since_seal):
        runtime.note(f"the journal does not tell of this verification: {unrecorded}")
    if result.broken:
        first = result.breaks[0]
        place = f"{first.exception_id} of {first.tenant_id}" if first.exception_id else first.tenant_id
        raise CheckFailed(
            "events_broken",
            "the event log has one break" if result.broken == 1 else f"the event log has {result.broken} breaks",
            why=f"the first: {place}, {first.kind}: {first.detail}",
            fix=f"sentinai exceptions show {first.exception_id} --tenant {first.tenant_id}"
            if first.exception_id and first.kind not in ("orphan", "erased")
            else f"sentinai tenants show {first.tenant_id}",
        )
