"""What would be done: the plan from where the database stands."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.migrate.group import app
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "plan",
    examples=[
        "sentinai migrate plan # from where the database is to the newest revision",
        "sentinai migrate plan --to 0003 # or base: back or forth to that revision",
        "sentinai migrate plan --from base # offline, without any database",
    ],
    following=["sentinai migrate # do it"],
)
def plan(
    ctx: typer.Context,
    to: Annotated[str, typer.Option("--to", metavar="REVISION", help="A revision, head, or base.")] = "head",
    begin: Annotated[
        str | None, typer.Option("--from", metavar="REVISION", help="From here, offline: no database is asked.")
    ] = None,
) -> None:
    """Show the SQL statement by statement, with the lock that each takes.

    Who waits for that lock, and how large the table is, stands beside it. The database is read in a READ ONLY
    transaction.
    """
    from sentinai_cli.services.migrate import migration_plan, offline_plan

    runtime = Runtime.of(ctx)
    found = migration_plan(runtime.database, to) if begin is None else offline_plan(begin, to)
    if not found.items:
        runtime.note("there is nothing to do")
    runtime.show(found)
