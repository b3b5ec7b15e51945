"""Going back, without losing anything."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.migrate.group import app
from sentinai_cli.cli.commands.migrate.option import Patience
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, Confirm, Reason, Yes
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "down",
    mutation=Mutation.SEVERE,
    examples=[
        "sentinai migrate down 0003 # back to revision 0003",
        "sentinai migrate down base --allow-data-loss # everything, archiving what is dropped",
    ],
    following=["sentinai migrate # forth again"],
)
def down(
    ctx: typer.Context,
    revision: Annotated[
        str, typer.Argument(metavar="REVISION", help="A revision, previous, or base.", show_default=False)
    ],
    *,
    allow_data_loss: Annotated[
        bool, typer.Option("--allow-data-loss", help="Drop what holds rows too, after archiving them.")
    ] = False,
    lock_timeout: Patience = 5.0,
    yes: Yes = False,
    confirm: Confirm = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Take revisions back, newest first, each in a transaction of its own.

    Where that drops tables or columns with rows it is refused (exit 7), unless --allow-data-loss is given and the
    database's name is confirmed: the rows are then copied into tables of the schema sentinai_archive, which belong to
    the owner alone. A production database never loses data this way.
    """
    from sentinai_cli.services.migrate import refuse_data_loss, revert, revert_losses, revert_target

    runtime = Runtime.of(ctx)
    target = runtime.announce_target()
    current, goal = revert_target(runtime.database, revision)
    losses = revert_losses(runtime.database, current, goal)
    refuse_data_loss(losses, target.environment, allowed=allow_data_loss, target=goal)
    if losses:
        name = runtime.database.url.database or target.database
        runtime.asking.name(f"drop data of {target.database} after archiving it", name, given=confirm)
    elif current != goal:
        runtime.asking.agreement(f"Go back from {current} to {goal or 'an empty database'}", yes=yes)
    with runtime.progress("Taking back") as advance:
        result = revert(
            runtime.database,
            target=goal,
            losses=losses,
            home=runtime.settings.home,
            say=runtime.note,
            patience=lock_timeout,
            advance=advance,
        )
    if not result.reverted:
        runtime.note(f"unchanged: it is at {goal} already")
    runtime.show(result)
