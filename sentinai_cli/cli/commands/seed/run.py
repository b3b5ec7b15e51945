"""Realistic exceptions, the same bytes each time: `sentinai seed`, bare or as `run`."""

from typing import Annotated, Literal

import typer

from sentinai_cli.cli.commands.seed.group import app
from sentinai_cli.cli.commands.seed.option import Active, Days, Domain, NewRun, Packs, Scenario
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, AsOf, Count, Reason, Seed, Tenant, Workers
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput


@app.command(
    "run",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai seed run # both sample tenants, 50 exceptions each; bare `sentinai seed` is the same",
        "sentinai seed run --scenario load --count 1000000 --tenant TENANT_FINANCE_001 # a million, for a load test",
        "sentinai seed run --via api --api-key-file key.txt --tenant TENANT_FINANCE_001 # through the platform",
        "sentinai seed run --tenant ACME --domain Finance --seed 7 --as-of 2026-11-20T09:00:00Z # a new tenant",
    ],
    following=[
        "sentinai exceptions list --tenant TENANT_FINANCE_001 # what was made",
        "sentinai seed runs # what was seeded, when and from what",
    ],
)
def run(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    count: Count = None,
    seed_number: Seed = 1,
    as_of: AsOf = None,
    days: Days = None,
    domain: Domain = None,
    scenario: Scenario = "default",
    new_run: NewRun = False,
    workers: Workers = None,
    staging: Annotated[
        bool, typer.Option("--staging", help="By staging tables also where the session could do without.")
    ] = False,
    via: Annotated[Literal["database", "api"], typer.Option("--via", help="Into the database, or to the platform.")] = (
        "database"
    ),
    api_url: Annotated[
        str, typer.Option("--api-url", metavar="URL", help="Where the platform's API is, with --via api.")
    ] = "http://localhost:8000",
    api_key_file: Annotated[
        str | None,
        typer.Option("--api-key-file", metavar="FILE", help="Its key (or SENTINAI_API_KEY[_<TENANT>])."),
    ] = None,
    skip_health_check: Annotated[
        bool, typer.Option("--skip-health-check", help="Send without asking first whether the API is well.")
    ] = False,
    packs: Packs = None,
    active: Active = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Seed exceptions with their events; bare `sentinai seed` is this too.

    With --via api the records go to the platform's REST API, which takes no events, decided by the bundled packs, those
    of --packs, or with --active those of the database, which is not opened otherwise. A file in the home directory
    keeps as-of, so that repeating it finishes what was cut off.
    """
    from sentinai_cli.models.seed import SeedRequest
    from sentinai_cli.services.seed import seed
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
        new_run=new_run,
        workers=workers,
        staging=staging,
    )
    if via == "api":
        from sentinai_cli.cli.commands.seed.delivery import deliver
        from sentinai_cli.cli.commands.seed.pack import deciding

        source = deciding(runtime, packs, active=active)
        deliver(runtime, request, source, url=api_url, key_file=api_key_file, check_health=not skip_health_check)
        return
    if packs or active:
        raise InvalidInput("options_contradict", "--packs and --active are for --via api", why="active packs decide")
    runtime.announce_target()
    with runtime.progress("Seeding", asked_for(request)) as advance:
        result = seed(
            runtime.database,
            request,
            embedded=runtime.is_embedded,
            now=runtime.now(),
            say=runtime.note,
            advance=advance,
        )
    for item in result.items:
        if not item.requested:
            runtime.note(f"{item.tenant_id}: none were asked for")
        elif not item.inserted:
            runtime.note(f"{item.tenant_id}: all {item.requested} were there already, as of {item.as_of.isoformat()}")
    runtime.show(result)
