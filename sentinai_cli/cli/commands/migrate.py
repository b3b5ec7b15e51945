"""`sentinai migrate`: the schema, up to date."""

from typing import Annotated, Literal

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.options import Actor, Reason
from sentinai_cli.cli.runtime import Runtime

app = Commands(help="Bring the database's schema up to date.")


@app.command(
    "migrate",
    examples=[
        "sentinai migrate # an empty or older database to the newest revision",
        "sentinai migrate --environment production # a new one is marked as production",
    ],
    following=["sentinai status # what the database is and holds"],
)
def migrate(
    ctx: typer.Context,
    environment: Annotated[
        Literal["development", "staging", "production"] | None,
        typer.Option("--environment", help="The mark of a new database; else the profile's, else development."),
    ] = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Bring an empty or older database to the newest revision.

    Safe to repeat and to run many times at once: one migrates, the others wait and find nothing to do. A database
    that holds something else is not touched (exit 4).
    """
    from sentinai_cli.models.database import Environment
    from sentinai_cli.services.migrate import migrate as run

    runtime = Runtime.of(ctx)
    runtime.announce_target()
    mark = Environment(environment or runtime.settings.environment or "development")
    result = run(runtime.database, say=runtime.note, environment=mark)
    if not result.applied:
        runtime.note("up to date; nothing was changed")
    runtime.show(result)
