"""`sentinai seed verify`."""

import typer

from sentinai_cli.cli.commands.seed.group import app
from sentinai_cli.cli.commands.seed.option import Run
from sentinai_cli.cli.options import AllTenantsFlag, Tenant
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import CheckFailed


@app.command(
    "verify",
    examples=[
        "sentinai seed verify RUN # by the start of its exceptions' ids, as FIN-1A2B3C4D",
        "sentinai seed verify RUN --tenant TENANT_FINANCE_001 -o json # or of its identity, for a script",
    ],
    following=["sentinai seed --tenant TENANT_FINANCE_001 # finish a run that was cut off"],
)
def verify(ctx: typer.Context, run: Run, tenant: Tenant = None, all_tenants: AllTenantsFlag = False) -> None:
    """Generate a run again and hold what is stored against it: digest, rows, rules, invariants, spread.

    Exit 4 when anything does not hold; each check names its first failing rows. Exceptions that somebody acted on since
    are counted as moved; what was seeded of them must still hold.
    """
    from sentinai_cli.services.seed_verify import verify_run

    runtime = Runtime.of(ctx)
    scope = runtime.reading_scope(tenant, all_tenants)
    with runtime.progress("Verifying") as advance:
        result = verify_run(runtime.database, scope, run, advance=advance)
    runtime.show(result)
    if result.failed:
        first = next(check for check in result.items if not check.passed)
        raise CheckFailed(
            "seed_run_broken",
            f"run {result.prefix} does not hold: {result.failed} of {len(result.items)} checks",
            why=f"the first: {first.check}" + (f"; {first.rows[0]}" if first.rows else f" ({first.detail})"),
            fix=f"sentinai events verify --tenant {result.tenant_id}",
        )
