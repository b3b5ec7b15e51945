"""`sentinai status`: one screen."""

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.runtime import Runtime

app = Commands(help="Which database this is, and what it holds.")


@app.command(
    "status",
    examples=["sentinai status # one screen", "sentinai status -o json --fields schema_state # for a script"],
    following=["sentinai exceptions list --status open # what needs somebody"],
)
def status(ctx: typer.Context) -> None:
    """Show the target, the state of its schema, its environment, and each tenant's rows."""
    from sentinai_cli.services.status import database_status

    runtime = Runtime.of(ctx)
    shown = database_status(runtime.database, profile=runtime.settings.profile, embedded=runtime.is_embedded)
    runtime.show(shown)
