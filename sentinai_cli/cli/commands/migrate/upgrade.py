"""The schema, up to date: `sentinai migrate`, bare or as `upgrade`."""

import sys
from typing import Annotated, Literal

import typer

from sentinai_cli.cli.commands.migrate.group import app
from sentinai_cli.cli.commands.migrate.option import Patience
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, Reason
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "upgrade",
    mutation=Mutation.WRITES,
    examples=[
        "sentinai migrate upgrade # to the newest revision; bare `sentinai migrate` is the same",
        "sentinai migrate upgrade --to 0003 # not all the way",
    ],
    following=["sentinai status # what the database is and holds"],
)
def upgrade(
    ctx: typer.Context,
    *,
    to: Annotated[str, typer.Option("--to", metavar="REVISION", help="Up to this revision, not the newest.")] = "head",
    environment: Annotated[
        Literal["development", "staging", "production"] | None,
        typer.Option("--environment", help="The mark of a new database; else the profile's, else development."),
    ] = None,
    lock_timeout: Patience = 5.0,
    print_role_sql: Annotated[
        bool,
        typer.Option("--print-role-sql", help="Print what a DBA must run so that this login can migrate; do nothing."),
    ] = False,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Bring an empty or older database to the newest revision; bare `sentinai migrate` is this too."""
    from sentinai_cli.models.database import Environment
    from sentinai_cli.services.migrate import migrate as run

    runtime = Runtime.of(ctx)
    if print_role_sql:
        _print_roles(runtime)
        return
    runtime.announce_target()
    mark = Environment(environment or runtime.settings.environment or "development")
    with runtime.progress("Migrating") as advance:
        result = run(
            runtime.database,
            say=runtime.note,
            environment=mark,
            to=to,
            patience=lock_timeout,
            advance=advance,
        )
    if not result.applied and not result.repaired:
        runtime.note("up to date; nothing was changed")
    runtime.show(result)


def _print_roles(runtime: Runtime) -> None:
    from sentinai_cli.services.migrate import role_statements

    statements = role_statements(runtime.database)
    if not statements:
        runtime.note("nothing is missing: this login can migrate")
    for statement in statements:
        sys.stdout.write(f"{statement}\n")
