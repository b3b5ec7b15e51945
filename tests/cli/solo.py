"""A command that is not in a group."""

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.runtime import Runtime

app = Commands()


@app.command("solo")
def solo(ctx: typer.Context) -> None:
    """Do it alone."""
    Runtime.of(ctx).note("alone")
