"""`sentinai capabilities`."""

import sys
from typing import Annotated

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.runtime import Runtime

app = Commands()


@app.command(
    "capabilities",
    examples=[
        "sentinai capabilities # every command, and what it changes",
        "sentinai capabilities -o json # flags, types, formats, exit codes and error codes as well",
        "sentinai capabilities -o json --fields commands.name,commands.mutation # a part of it",
        "sentinai capabilities --schemas -o json # the JSON Schema of each result",
    ],
    following=["sentinai config show # what it works with here"],
)
def capabilities(
    ctx: typer.Context,
    schemas: Annotated[bool, typer.Option("--schemas", help="The JSON Schemas of the results instead.")] = False,
) -> None:
    """Say what this version can do, for programs that call it.

    `schema_version` counts up when a field of this document leaves or changes its meaning. Without --output it is a
    table on a terminal and JSON in a pipe. Opens no database.
    """
    runtime = Runtime.of(ctx)
    if runtime.shared.output is None and not sys.stdout.isatty():
        runtime.shared.output = "json"
    if schemas:
        from sentinai_cli.render.schema import result_schemas

        runtime.show(result_schemas())
    else:
        from sentinai_cli.cli.capability import capabilities as collect

        runtime.show(collect())
