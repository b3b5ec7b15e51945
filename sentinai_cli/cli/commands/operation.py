"""`sentinai operations`: the operator journal."""

from typing import Annotated

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import (
    Actor,
    All,
    Cursor,
    Limit,
    Reason,
    Since,
    Tenant,
    Total,
    Until,
    Yes,
    one_of,
)
from sentinai_cli.cli.runtime import Runtime

app = Commands(help="The operator journal: who did what, when and why; undo.")

OUTCOMES = ("done", "unchanged", "failed")


@app.command(
    "list",
    examples=[
        "sentinai operations list # what changed something, the newest first",
        "sentinai operations list --actor ada --since yesterday # what one person did",
        "sentinai operations list --command 'exceptions resolve' --tenant TENANT_FINANCE_001 # one act, one tenant",
        "sentinai operations list --reads --since 2d # who looked at everything, or exported",
    ],
    following=["sentinai operations show OPERATION # one of them, with what it changed"],
)
def list_(
    ctx: typer.Context,
    *,
    tenant: Tenant = None,
    by: Annotated[
        list[str] | None, typer.Option("--actor", metavar="NAME", help="Done by this actor.", show_default=False)
    ] = None,
    commands: Annotated[
        list[str] | None,
        typer.Option("--command", metavar="WORDS", help="This command, or all of a group.", show_default=False),
    ] = None,
    outcomes: Annotated[
        list[str] | None,
        typer.Option(
            "--outcome",
            metavar="|".join(OUTCOMES),
            parser=one_of(OUTCOMES),
            help="With this outcome.",
            show_default=False,
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    reads: Annotated[bool, typer.Option("--reads", help="Readings instead: of all tenants, and exports.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
    everything: All = False,
    total: Total = False,
) -> None:
    """List the operations that changed something or found nothing to change, newest first.

    Options that may be given several times match any of their values; different options must all match. Readings are
    entered with a digest of what was asked, never with the words: who looked for whom is nobody's business here.
    """
    from sentinai_cli.models.operation import OperationFilter, Outcome
    from sentinai_cli.services.operation import list_operations

    runtime = Runtime.of(ctx)
    chosen = OperationFilter(
        actors=tuple(sorted(set(by or ()))),
        commands=tuple(sorted({" ".join(words.split()) for words in commands or ()})),
        outcomes=tuple(sorted({Outcome(word) for word in outcomes or ()})),
        tenant_id=None if tenant is None else _known(runtime, tenant),
        since=since,
        until=until,
        reads=reads,
    )
    found = list_operations(runtime.database, chosen, limit=None if everything else limit, cursor=cursor, total=total)
    runtime.show(found)


def _known(runtime: Runtime, tenant: str) -> str:
    """Nothing found must mean that nothing was done, never that the tenant was mistyped."""
    from sentinai_cli.models.scope import TenantScope
    from sentinai_cli.models.tenant import check_tenant_id
    from sentinai_cli.services.tenant import check_tenant

    check_tenant(runtime.database, TenantScope(check_tenant_id(tenant)))
    return tenant


@app.command(
    "show",
    examples=["sentinai operations show OPERATION # an id from the list"],
    following=["sentinai operations list # what else happened"],
)
def show(
    ctx: typer.Context,
    operation_id: Annotated[str, typer.Argument(metavar="OPERATION", help="The operation's id.", show_default=False)],
) -> None:
    """Show one operation: who, why, with which arguments, and what it changed."""
    from sentinai_cli.services.operation import show_operation

    runtime = Runtime.of(ctx)
    runtime.show(show_operation(runtime.database, operation_id))


@app.command(
    "undo",
    mutation=Mutation.WRITES,
    examples=["sentinai operations undo OPERATION --reason 'wrong desk' # an id from the list"],
    following=["sentinai operations list # both operations, the old and the new"],
)
def undo(
    ctx: typer.Context,
    operation_id: Annotated[str, typer.Argument(metavar="OPERATION", help="The operation's id.", show_default=False)],
    *,
    reason: Reason = None,
    actor: Actor = None,
    yes: Yes = False,
) -> None:
    """Reverse an act on exceptions: assign, escalate, resolve or reopen.

    Each exception gets an event that leads back to where it was; nothing is erased. Those on which somebody has acted
    since are skipped and listed (exit 8; exit 6 when none is left).
    """
    from sentinai_cli.services.exception_act import require_complete
    from sentinai_cli.services.exception_undo import undo_operation

    runtime = Runtime.of(ctx)
    runtime.announce_target()
    runtime.asking.agreement(f"undo operation {operation_id[:80]}", yes=yes)
    result = undo_operation(runtime.database, operation_id, actor=runtime.operation.actor, now=runtime.now())
    runtime.show(result)
    require_complete(result)
