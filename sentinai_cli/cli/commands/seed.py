"""`sentinai seed`: realistic exceptions, the same bytes each time."""

from typing import Annotated

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.options import Actor, AsOf, Count, Reason, Seed, Tenant
from sentinai_cli.cli.runtime import Runtime

app = Commands(help="Seed realistic multi-tenant exceptions, deterministically.")


@app.command(
    "seed",
    examples=[
        "sentinai seed # both sample tenants, 50 exceptions each",
        "sentinai seed --tenant TENANT_FINANCE_001 --count 1000 # more of one",
        "sentinai seed --tenant ACME --domain Finance --seed 7 --as-of 2026-11-20T09:00:00Z # a new tenant",
    ],
    following=["sentinai exceptions list --tenant TENANT_FINANCE_001 # what was made"],
)
def seed(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    count: Count = None,
    seed_number: Seed = 1,
    as_of: AsOf = None,
    domain: Annotated[
        str | None, typer.Option("--domain", metavar="NAME", help="What an unknown tenant is; it is created.")
    ] = None,
    scenario: Annotated[
        str, typer.Option("--scenario", metavar="NAME", help="The recipe of volumes and times.")
    ] = "default",
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Seed exceptions with their events, as the active packs decide about them.

    The same seed number, tenant and packs give the same exceptions; repeating a run inserts nothing, and a larger
    --count extends it. The moment that counts as now is kept from a run's first time. On an empty embedded or a
    development database what is missing is made: schema, sample packs, sample tenants. A production database is
    not seeded.
    """
    from sentinai_cli.models.seed import SeedRequest
    from sentinai_cli.services.seed import seed as run

    runtime = Runtime.of(ctx)
    named = runtime.given_tenant(tenant)
    request = SeedRequest(
        scenario=scenario,
        seed=seed_number,
        tenant_ids=() if named is None else (named,),
        count=count,
        domain=domain,
        as_of=as_of,
    )
    runtime.announce_target()
    with runtime.progress("Seeding") as advance:
        result = run(
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
