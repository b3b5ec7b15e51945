"""`sentinai db environment`: the mark that protects a database."""

from typing import Annotated, Literal

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.commands.database.group import app
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, Confirm, Reason
from sentinai_cli.cli.runtime import Runtime

environment = Commands(help="The mark that protects a database: development, staging, production.")
app.add_typer(environment, name="environment")


@environment.command(
    "show",
    examples=["sentinai db environment show # development, staging or production"],
    following=["sentinai db environment set staging # change it"],
)
def environment_show(ctx: typer.Context) -> None:
    """Show what the database is marked as."""
    from sentinai_cli.services.environment import show_environment

    runtime = Runtime.of(ctx)
    runtime.show(show_environment(runtime.database))


@environment.command(
    "set",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai db environment set production --reason 'goes live' # guard it from here on",
        "sentinai db environment set development --confirm sentinai # unguard it: the database's name",
    ],
    following=["sentinai status # the mark stands in the first lines"],
)
def environment_set(
    ctx: typer.Context,
    mark: Annotated[
        Literal["development", "staging", "production"],
        typer.Argument(metavar="ENVIRONMENT", help="development, staging or production.", show_default=False),
    ],
    confirm: Confirm = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Mark the database. Taking the production mark away needs the database's exact name."""
    from sentinai_cli.models.database import Environment
    from sentinai_cli.services.environment import set_environment, show_environment

    runtime = Runtime.of(ctx)
    wanted = Environment(mark)
    target = runtime.announce_target()
    before = show_environment(runtime.database).environment
    if before is Environment.PRODUCTION and wanted is not before:
        name = runtime.database.url.database or target.database
        runtime.asking.name(f"take the production mark from {target.database}", name, given=confirm)
    result = set_environment(runtime.database, wanted)
    if not result.changed:
        runtime.note(f"unchanged: it is marked {mark} already")
    runtime.show(result)
