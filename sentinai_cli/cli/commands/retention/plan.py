"""`sentinai retention plan|run`."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentinai_cli.cli.commands.retention.group import app
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, AllTenantsFlag, Confirm, DryRun, Reason, Tenant
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput

if TYPE_CHECKING:
    from sentinai_cli.models.retention import RetentionPlan
    from sentinai_cli.models.scope import AllTenants, TenantScope

_DAYS = re.compile(r"([0-9]{1,6}) ?d?")


def days(text: str | int) -> int:
    """`90` or `90d` as whole days. Raises InvalidInput."""
    if isinstance(text, int):  # the default comes through here too
        return text
    found = _DAYS.fullmatch(text.strip().lower())
    if found is None:
        raise InvalidInput("invalid_number", f"{text[:40]!r} is not a number of days", why="as in 90 or 90d")
    return int(found[1])


OlderThan = Annotated[
    int | None,
    typer.Option(
        "--older-than",
        metavar="DAYS",
        parser=days,
        help="Resolved longer ago than this, whatever the policy packs say.",
        show_default=False,
    ),
]


@app.command(
    "plan",
    examples=[
        "sentinai retention plan # every tenant, as its active policy pack says",
        "sentinai retention plan --tenant TENANT_FINANCE_001 --older-than 90 # or as you say",
    ],
    following=["sentinai retention run --all-tenants --to exports --dry-run # the same, as the run would see it"],
)
def plan(
    ctx: typer.Context, *, tenant: Tenant = None, all_tenants: AllTenantsFlag = False, older_than: OlderThan = None
) -> None:
    """Show which resolved exceptions are beyond their time to live. Changes nothing.

    How long that is comes from `retentionPolicies.dataTTL` of the tenant's active policy pack, in days after the
    resolution, or from --older-than. Where neither says anything, nothing goes. The size is estimated from a sample.
    """
    runtime = Runtime.of(ctx)
    runtime.show(_plan(runtime, runtime.reading_scope(tenant, all_tenants), older_than))


@app.command(
    "run",
    mutation=Mutation.SEVERE,
    examples=[
        "sentinai retention run --tenant TENANT_FINANCE_001 --to exports # asks for the tenant's id",
        "sentinai retention run --all-tenants --to /srv/exports --confirm sentinai # in a script: the database's name",
        "sentinai retention run --all-tenants --dry-run # what would go",
    ],
    following=[
        "sentinai events verify --all-tenants # the log still holds",
        "sentinai operations list # what was done",
    ],
)
def run(
    ctx: typer.Context,
    *,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="DIR", help="Where the export goes, a directory of its own each time."),
    ] = None,
    tenant: Tenant = None,
    all_tenants: AllTenantsFlag = False,
    older_than: OlderThan = None,
    dry_run: DryRun = False,
    confirm: Confirm = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Export, then erase, the resolved exceptions beyond their time to live.

    Each tenant's are written into a new directory: exceptions and events as JSON lines, and a manifest with counts and
    SHA-256. Only when that has reached the disk they are erased, in batches; the leaves of their events stay, so that
    the log can still be verified. What is under a legal hold, or changes after it was exported, stays. Repeating the
    command with the same --to after an interruption finishes what was begun.

    On a database marked production nothing goes sooner than the tenant's own policy says.
    """
    from sentinai_cli.services.retention_run import check_retention, run_retention
    from sentinai_cli.services.tenant import tenant_ids

    runtime = Runtime.of(ctx)
    scope = runtime.writing_scope(tenant, all_tenants, lambda: tenant_ids(runtime.database))
    if dry_run:
        runtime.show(_plan(runtime, scope, older_than))
        return
    if to is None:
        raise InvalidInput("no_export_place", "say where the export goes", why="give --to DIR, or --dry-run to look")
    target = runtime.announce_target()
    found = _plan(runtime, scope, older_than)
    check_retention(runtime.database, found)
    name = getattr(scope, "tenant_id", None) or runtime.database.url.database or target.database
    runtime.asking.name(_deed(found), name, given=confirm)
    with runtime.progress("Exporting and erasing", 2 * sum(_free(found))) as advance:
        result = run_retention(runtime.database, found, to, now=runtime.now(), advance=advance)
    if not result.items:
        runtime.note("nothing is beyond its time to live; nothing was changed")
    runtime.show(result)


def _plan(runtime: Runtime, scope: "TenantScope | AllTenants", older_than: int | None) -> "RetentionPlan":
    from sentinai_cli.services.retention import plan_retention

    with runtime.progress("Looking") as advance:
        found = plan_retention(runtime.database, scope, older_than=older_than, now=runtime.now(), advance=advance)
    for item in found.items:
        if item.is_early and item.candidates:
            runtime.note(f"{item.tenant_id}: its policy keeps them for {item.policy_days} days, not {item.ttl_days}")
    return found


def _free(found: "RetentionPlan") -> list[int]:
    return [item.candidates - item.held for item in found.items]


def _deed(found: "RetentionPlan") -> str:
    from sentinai_cli.render.human import plural

    tenants = sum(free > 0 for free in _free(found))
    return f"erase {plural(sum(_free(found)), 'resolved exception')} of {plural(tenants, 'tenant')}"
