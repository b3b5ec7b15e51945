"""`sentinai tenants suspend|archive|activate`."""

import typer

from sentinai_cli.cli.commands.tenant.group import TenantId, app
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, Reason, Yes
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "suspend",
    mutation=Mutation.WRITES,
    examples=["sentinai tenants suspend TENANT_FINANCE_001 --reason 'contract on hold' # asks first"],
    following=["sentinai tenants activate TENANT_FINANCE_001 --reason 'signed again' # take it back"],
)
def suspend(
    ctx: typer.Context, tenant_id: TenantId, *, reason: Reason = None, actor: Actor = None, yes: Yes = False
) -> None:
    """Let nothing of a tenant be changed for a while.

    Seeding, ingesting, acting on exceptions, appending events, importing and activating packs are refused (exit 7).
    Reading and exporting, sealing, legal holds and retention go on.
    """
    _switch(ctx, tenant_id, "suspended", f"Suspend {tenant_id[:64]}", yes=yes)


@app.command(
    "archive",
    mutation=Mutation.WRITES,
    examples=["sentinai tenants archive TENANT_FINANCE_001 --reason 'left us' # asks first"],
    following=["sentinai tenants purge TENANT_FINANCE_001 --dry-run # what there is of it"],
)
def archive(
    ctx: typer.Context, tenant_id: TenantId, *, reason: Reason = None, actor: Actor = None, yes: Yes = False
) -> None:
    """Let nothing of a tenant be changed any more.

    As `suspend`, for a tenant that has left: what it has can be read, and goes by retention or by a purge.
    """
    _switch(ctx, tenant_id, "archived", f"Archive {tenant_id[:64]}", yes=yes)


@app.command(
    "activate",
    mutation=Mutation.WRITES,
    examples=["sentinai tenants activate TENANT_FINANCE_001 --reason 'signed again' # it takes new exceptions"],
    following=["sentinai tenants show TENANT_FINANCE_001 # its packs, and what it holds"],
)
def activate(ctx: typer.Context, tenant_id: TenantId, *, reason: Reason = None, actor: Actor = None) -> None:
    """Let a suspended or archived tenant take new exceptions again. One that was purged stays purged (exit 7)."""
    _switch(ctx, tenant_id, "active", None)


def _switch(ctx: typer.Context, tenant_id: str, status: str, question: str | None, *, yes: bool = False) -> None:
    from sentinai_cli.models.tenant import TenantStatus
    from sentinai_cli.services.tenant_status import switch_tenant

    runtime = Runtime.of(ctx)
    runtime.announce_target()
    if question is not None:
        runtime.asking.agreement(question, yes=yes)
    switched = switch_tenant(runtime.database, tenant_id, TenantStatus(status))
    if not switched.changed:
        runtime.note(f"{tenant_id} is {status} already; nothing was changed")
    runtime.show(switched)
