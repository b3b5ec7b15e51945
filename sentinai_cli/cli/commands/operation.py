"""`sentinai operations`: the operator journal."""

from typing import Annotated

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, Limit, Reason, Yes
from sentinai_cli.cli.runtime import Runtime

app = Commands(help="The operator journal: who did what, when and why; undo.")


@app.command(
    "list",
    examples=[
        "sentinai operations list # the newest first",
        "sentinai operations list --limit 5 -o json # for a script",
    ],
    following=["sentinai operations show OPERATION # one of them, with what it changed"],
)
def list_(ctx: typer.Context, limit: Limit = 50) -> None:
    """List the operations that changed something or found nothing to change, newest first."""
    from sentinai_cli.services.operation import list_operations

    runtime = Runtime.of(ctx)
    runtime.show(list_operations(runtime.database, limit=limit))


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
