"""`sentinai events`: the append-only log."""

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.options import AllTenantsFlag, Tenant
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import CheckFailed

app = Commands(help="The append-only event log: verify that it is whole.")


@app.command(
    "verify",
    examples=[
        "sentinai events verify --all-tenants # the whole log",
        "sentinai events verify --tenant TENANT_FINANCE_001 -o json # one tenant's, for a script",
    ],
    following=["sentinai exceptions show EXCEPTION # the timeline of one that is broken"],
)
def verify(ctx: typer.Context, tenant: Tenant = None, all_tenants: AllTenantsFlag = False) -> None:
    """Check every exception's chain of events, its head and its record against their hashes.

    Exit 4 when anything does not hold; the first breaks are listed with exception, event number and kind.
    """
    from sentinai_cli.services.event import verify_events

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    with runtime.progress("Verifying") as advance:
        result = verify_events(runtime.database, scope, advance=advance)
    runtime.show(result)
    if result.broken:
        first = result.breaks[0]
        raise CheckFailed(
            "events_broken",
            "the event log has one break" if result.broken == 1 else f"the event log has {result.broken} breaks",
            why=f"the first: {first.exception_id} of {first.tenant_id}, {first.kind}: {first.detail}",
            fix=f"sentinai exceptions show {first.exception_id} --tenant {first.tenant_id}",
        )
