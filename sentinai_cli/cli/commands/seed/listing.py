"""`sentinai seed scenarios` and `sentinai seed runs`."""

import typer

from sentinai_cli.cli.commands.seed.group import app
from sentinai_cli.cli.options import AllTenantsFlag, Tenant
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "scenarios",
    examples=["sentinai seed scenarios # what there is to be seeded"],
    following=["sentinai seed plan --scenario outage # what one would write"],
)
def scenarios(ctx: typer.Context) -> None:
    """List the scenarios that come with the tool. No database is needed."""
    from sentinai_cli.services.seed_scenario import list_scenarios

    Runtime.of(ctx).show(list_scenarios())


@app.command(
    "runs",
    examples=[
        "sentinai seed runs # of every tenant, the newest first",
        "sentinai seed runs --tenant TENANT_FINANCE_001 # of one",
    ],
    following=["sentinai seed verify RUN # that what a run wrote is what it should be"],
)
def runs(ctx: typer.Context, tenant: Tenant = None, all_tenants: AllTenantsFlag = False) -> None:
    """List the seed runs that the database knows."""
    from sentinai_cli.services.seed_run import list_runs

    runtime = Runtime.of(ctx)
    runtime.show(list_runs(runtime.database, runtime.reading_scope(tenant, all_tenants)))
