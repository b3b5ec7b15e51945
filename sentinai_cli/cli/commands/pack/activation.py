"""`sentinai packs activate|rollback`: which pair of packs decides for a tenant."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.pack.group import Reference, agree_if_breaking, app, tell_impact
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, AllTenantsFlag, DryRun, Reason, Tenant, Yes
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "activate",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai packs activate domain:Finance@2 --tenant TENANT_FINANCE_001 --reason 'new rule' # one tenant",
        "sentinai packs activate domain:Finance --all-tenants --yes # every tenant of that domain",
        "sentinai packs activate domain:Finance --all-tenants --dry-run # what would change",
    ],
    following=["sentinai packs history --tenant TENANT_FINANCE_001 # what was active when"],
)
def activate(
    ctx: typer.Context,
    *,
    reference: Reference,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Let a pack version decide for a tenant from here on.

    The other half of the tenant's pair stays as it is. Exceptions that exist keep their severity. Without @VERSION
    the newest. Shows first what stored exceptions say about the change, and asks when it is breaking. Several tenants
    are activated together or not at all.
    """
    from sentinai_cli.models.pack_version import PackActivatedList, PackReference
    from sentinai_cli.services.pack_activation import activate_packs
    from sentinai_cli.services.pack_impact import pack_impact
    from sentinai_cli.services.tenant import tenant_ids

    runtime = Runtime.of(ctx)
    wanted = PackReference.parse(reference)
    scope = runtime.writing_scope(tenant, all_tenants, lambda: tenant_ids(runtime.database))
    with runtime.progress("Judging") as advance:
        impact = pack_impact(runtime.database, scope, wanted, advance=advance)
    if dry_run:
        runtime.note("dry run: nothing was changed")
        runtime.show(impact)
        return
    runtime.announce_target()
    tell_impact(runtime, impact)
    agree_if_breaking(runtime, impact, yes=yes)
    seen = {item.tenant_id: item.active_no for item in impact.tenants}
    results = activate_packs(runtime.database, scope, PackReference.parse(impact.pack), seen=seen)
    for result in results:
        if not result.changed:
            runtime.note(f"unchanged: that pair is active for {result.activation.tenant_id} already")
    runtime.show(PackActivatedList.of(results, impact))


@app.command(
    "rollback",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai packs rollback --tenant TENANT_FINANCE_001 --reason 'too strict' # to the pair before",
        "sentinai packs rollback --tenant TENANT_FINANCE_001 --to 3 # to the pair of activation no. 3",
    ],
    following=["sentinai packs history --tenant TENANT_FINANCE_001 # what was active when"],
)
def rollback(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    to: Annotated[
        int | None, typer.Option("--to", metavar="NO", min=1, help="The activation to go back to.", show_default=False)
    ] = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Let an earlier pair of packs decide for one tenant again, exactly as it was.

    It is a new activation: history is never rewritten, and a rollback can be rolled back. Shows the impact first,
    and asks when it is breaking.
    """
    from sentinai_cli.models.pack_version import PackActivatedList
    from sentinai_cli.models.scope import TenantScope
    from sentinai_cli.services.pack_activation import rollback_packs
    from sentinai_cli.services.pack_impact import rollback_impact
    from sentinai_cli.services.tenant import tenant_ids

    runtime = Runtime.of(ctx)
    scope = runtime.writing_scope(tenant, False, lambda: tenant_ids(runtime.database))
    assert isinstance(scope, TenantScope)
    with runtime.progress("Judging") as advance:
        impact = rollback_impact(runtime.database, scope.tenant_id, to=to, advance=advance)
    if dry_run:
        runtime.note("dry run: nothing was changed")
        runtime.show(impact)
        return
    runtime.announce_target()
    tell_impact(runtime, impact)
    agree_if_breaking(runtime, impact, yes=yes)
    result = rollback_packs(runtime.database, scope.tenant_id, to=to, seen=impact.tenants[0].active_no)
    if not result.changed:
        runtime.note(f"unchanged: that pair is active for {scope.tenant_id} already")
    runtime.show(PackActivatedList.of([result], impact))
