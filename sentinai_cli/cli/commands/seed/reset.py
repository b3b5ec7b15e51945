"""`sentinai seed reset`."""

import typer

from sentinai_cli.cli.commands.seed.group import app
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, Confirm, Reason, Tenant
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput


@app.command(
    "reset",
    mutation=Mutation.SEVERE,
    examples=[
        "sentinai seed reset --tenant TENANT_FINANCE_001 # asks for the tenant's id",
        "sentinai seed reset --tenant TENANT_FINANCE_001 --confirm TENANT_FINANCE_001 # in a script",
    ],
    following=[
        "sentinai seed --tenant TENANT_FINANCE_001 # seed it anew",
        "sentinai events verify # the log still holds",
    ],
)
def reset(
    ctx: typer.Context, tenant: Tenant = None, confirm: Confirm = None, reason: Reason = None, actor: Actor = None
) -> None:
    """Erase what seed runs wrote for one tenant, and nothing else.

    Exceptions of its runs go with their events, also those that somebody acted on since; the leaves of their events
    stay, so that the log can still be verified. The runs are forgotten. Repeating it after an interruption finishes it.
    """
    from sentinai_cli.services.seed_reset import check_seed_reset, reset_seeds

    runtime = Runtime.of(ctx)
    named = runtime.given_tenant(tenant)
    if named is None:
        raise InvalidInput("no_tenant", "say whose seeded exceptions are to be erased", why="give --tenant ID")
    runtime.announce_target()
    check_seed_reset(runtime.database, named)
    runtime.asking.name(f"erase every seeded exception of {named}", named, given=confirm)
    with runtime.progress("Erasing") as advance:
        result = reset_seeds(runtime.database, named, advance=advance)
    if not result.items:
        runtime.note(f"{named} has no seed run; nothing was changed")
    runtime.show(result)
