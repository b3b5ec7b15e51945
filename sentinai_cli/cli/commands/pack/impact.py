"""`sentinai packs impact`: what a pack would change, before it does."""

import typer

from sentinai_cli.cli.commands.pack.group import Reference, app
from sentinai_cli.cli.options import AllTenantsFlag, Since, Tenant
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "impact",
    examples=[
        "sentinai packs impact domain:Finance@2 --tenant TENANT_FINANCE_001 # for one tenant",
        "sentinai packs impact domain:Finance@2 --all-tenants --since 7d # on the last week of every tenant",
    ],
    following=["sentinai packs activate domain:Finance@2 --tenant TENANT_FINANCE_001 # let it decide"],
)
def impact(
    ctx: typer.Context,
    *,
    reference: Reference,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    since: Since = None,
) -> None:
    """Judge stored exceptions anew, by what is active and by another pack, and count what differs.

    Changes nothing. Breaking: a lower severity, an approval or a playbook less, a type that is known no longer.
    Compatible: other changes. Stored exceptions keep their severity when a pack is activated; what is counted is
    how such exceptions would be decided from then on. Without @VERSION the newest.
    """
    from sentinai_cli.models.pack_version import PackReference
    from sentinai_cli.services.pack_impact import pack_impact

    runtime = Runtime.of(ctx)
    wanted = PackReference.parse(reference)
    scope = runtime.reading_scope(tenant, all_tenants)
    with runtime.progress("Judging") as advance:
        result = pack_impact(runtime.database, scope, wanted, since=since, advance=advance)
    runtime.show(result)
