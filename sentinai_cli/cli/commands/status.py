"""`sentinai status`: one screen."""

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.runtime import Runtime

app = Commands(help="Which database this is, and what it holds.")


@app.command(
    "status",
    examples=["sentinai status # one screen", "sentinai status -o json --fields schema_state # for a script"],
    following=[
        "sentinai health # what is wrong, the worst first",
        "sentinai exceptions list --status open # what needs somebody",
    ],
)
def status(ctx: typer.Context) -> None:
    """Show the target, its schema, isolation and environment, what it holds, what happened last, and what is next.

    The tenants shown are those with most exceptions past their deadline. Counts end at a limit, and say so with a plus.
    """
    from sentinai_cli.services.status import database_status

    runtime = Runtime.of(ctx)
    profile, embedded = runtime.settings.profile, runtime.is_embedded
    runtime.show(database_status(runtime.database, profile=profile, embedded=embedded, at=runtime.now()))
