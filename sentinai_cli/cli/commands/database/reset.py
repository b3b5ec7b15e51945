"""`sentinai db reset`."""

import typer

from sentinai_cli.cli.commands.database.group import app
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, Confirm, Reason
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "reset",
    mutation=Mutation.SEVERE,
    examples=[
        "sentinai db reset # asks for the database's name",
        "sentinai db reset --confirm sentinai --reason 'new test data' # in a script",
    ],
    following=["sentinai seed # something to look at", "sentinai status # what the database holds now"],
)
def reset(ctx: typer.Context, confirm: Confirm = None, reason: Reason = None, actor: Actor = None) -> None:
    """Erase everything that sentinai keeps in the database, and make an empty schema.

    What others made in schemas of their own stays; in schema public it keeps the database from being reset (exit 6).
    The environment mark stays, and a database marked production is not reset at all (exit 7). The journal in the
    database goes with the rest; a line in the local journal remains.
    """
    from sentinai_cli.services.reset import check_resettable
    from sentinai_cli.services.reset import reset as run

    runtime = Runtime.of(ctx)
    runtime.announce_target()
    name, mark = check_resettable(runtime.database)
    runtime.asking.name(f"erase everything that sentinai keeps in the database {name}", name, given=confirm)
    runtime.show(run(runtime.database, mark=mark, home=runtime.settings.home, say=runtime.note))
