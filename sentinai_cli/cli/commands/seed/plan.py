"""`sentinai seed plan`."""

import typer

from sentinai_cli.cli.commands.seed.group import app
from sentinai_cli.cli.commands.seed.option import Active, Days, Domain, Packs, Scenario
from sentinai_cli.cli.options import AsOf, Count, Seed, Tenant
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "plan",
    examples=[
        "sentinai seed plan --scenario quarter_end # counts for each tenant, by type, status, severity and day",
        "sentinai seed plan --scenario load --count 1000000 -o json # how large it would be",
        "sentinai seed plan --active # as the packs say that are active",
    ],
    following=["sentinai seed --scenario quarter_end # write it"],
)
def plan(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    count: Count = None,
    seed_number: Seed = 1,
    as_of: AsOf = None,
    days: Days = None,
    domain: Domain = None,
    scenario: Scenario = "default",
    packs: Packs = None,
    active: Active = False,
) -> None:
    """Say what seeding would write. No database is needed, and none is asked but with --active.

    The bundled packs decide, or those of --packs, or with --active those that a real run would go by: other packs give
    other severities and ids. Beyond 4000 exceptions of a tenant the counts are in proportion to the first 4000.
    """
    from sentinai_cli.cli.commands.seed.pack import deciding
    from sentinai_cli.models.seed import SeedRequest
    from sentinai_cli.services.seed_forecast import forecast
    from sentinai_cli.services.seed_plan import asked_for

    runtime = Runtime.of(ctx)
    named = runtime.given_tenant(tenant)
    request = SeedRequest(
        scenario=scenario,
        seed=seed_number,
        tenant_ids=() if named is None else (named,),
        count=count,
        domain=domain,
        as_of=as_of,
        days=days,
    )
    source = deciding(runtime, packs, active=active)
    with runtime.progress("Planning", asked_for(request)) as advance:
        result = forecast(request, now=runtime.now(), advance=advance, packs=source)
    runtime.show(result)
