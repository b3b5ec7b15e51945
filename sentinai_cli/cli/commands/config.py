"""`sentinai config`: what the tool works with."""

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.runtime import Runtime

app = Commands(help="Settings: their values and where each came from.")


@app.command(
    "show",
    examples=[
        "sentinai config show # every setting, its value and its origin",
        "sentinai config show --profile staging # what a profile would use",
        "sentinai config show -o json --fields name,origin # for a script",
    ],
    following=["sentinai status # what the database behind these settings is"],
)
def show(ctx: typer.Context) -> None:
    """Show every setting, its value and where it came from.

    Strongest first: flag, environment, .env, project file sentinai.toml, user file, default. Secrets are not shown.
    Nothing is opened.
    """
    from sentinai_cli.services.setting import list_settings

    runtime = Runtime.of(ctx)
    runtime.show(list_settings(runtime.settings))
