"""`sentinai db start|stop|status|url|logs|shell`: the embedded server, and the address of any."""

import os
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from sentinai_cli.cli.commands.database.group import app
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import NotFound


@app.command(
    "start",
    mutation=Mutation.LOCAL,
    examples=["sentinai db start # and leave it running"],
    following=["sentinai demo # something to look at"],
)
def start(ctx: typer.Context) -> None:
    """Start the embedded server, making its data first if there is none.

    Commands that need it start it themselves; it runs on until `sentinai db stop`.
    """
    runtime = Runtime.of(ctx)
    runtime.embedded.ensure()
    runtime.show(runtime.embedded.status())


@app.command(
    "stop",
    mutation=Mutation.LOCAL,
    examples=["sentinai db stop # when you are done"],
    following=["sentinai db start # it keeps its data"],
)
def stop(ctx: typer.Context) -> None:
    """Stop the embedded server; that it does not run is no error."""
    runtime = Runtime.of(ctx)
    if not runtime.embedded.stop():
        runtime.note("the embedded server was not running")
    runtime.show(runtime.embedded.status())


@app.command(
    "status",
    examples=[
        "sentinai db status # whether it runs, and where",
        "sentinai db status -o json --fields running,pid # for a script",
    ],
    following=["sentinai db logs # what the server says"],
)
def status(ctx: typer.Context) -> None:
    """Show whether the embedded server runs, where, since when and how large it is. Starts nothing."""
    runtime = Runtime.of(ctx)
    runtime.show(runtime.embedded.status())


@app.command(
    "url",
    examples=[
        "sentinai db url # for a client of your own",
        "sentinai db url --profile staging # of another target",
    ],
    following=["sentinai db shell # psql on it"],
)
def url(
    ctx: typer.Context,
    reveal: Annotated[bool, typer.Option("--reveal", help="Print the password too.")] = False,
) -> None:
    """Print the URL of the target, on a line of its own.

    A password is left out unless --reveal is given. The embedded server has none: its URL is its superuser's, and
    only this account gets in.
    """
    from sentinai_cli.models.database import DatabaseAddress

    runtime = Runtime.of(ctx)
    address = runtime.database.url
    text = address.text if reveal else address.shown
    if text != address.text:
        runtime.note("the password and the options are left out; --reveal prints the whole URL")
    if runtime.shared.output is None and not runtime.shared.fields:
        sys.stdout.write(f"{text}\n")
    else:
        runtime.show(DatabaseAddress(url=text))


@app.command(
    "logs",
    examples=["sentinai db logs # the last 50 lines", "sentinai db logs --lines 5 # just the end"],
    following=["sentinai db status # whether it runs"],
)
def logs(
    ctx: typer.Context,
    lines: Annotated[
        int, typer.Option("--lines", "-n", metavar="N", min=1, max=100_000, help="How many of the last lines.")
    ] = 50,
) -> None:
    """Print the last lines of the embedded server's log."""
    from sentinai_cli.render.text import safe

    runtime = Runtime.of(ctx)
    path = runtime.embedded.log_path()
    try:
        text = path.read_text(errors="replace")
    except FileNotFoundError:
        raise NotFound("no_server_log", "the embedded server has no log yet", fix="sentinai db start") from None
    for line in text.splitlines()[-lines:]:
        sys.stdout.write(f"{safe(runtime.scrub(line))}\n")


@app.command(
    "shell",
    mutation=Mutation.SEVERE,
    examples=[
        "sentinai db shell # psql, to look around",
        "sentinai db shell < script.sql # run a script",
    ],
    following=["sentinai status # what the database holds"],
)
def shell(ctx: typer.Context) -> None:
    """Open psql on the target; on the embedded server as its superuser, beyond any tenant's walls.

    That it was opened is entered in the operator journal; what is done in it is not.
    """
    from sentinai_cli.services.operation import record_shell
    from sentinai_cli.services.shell import psql_command

    runtime = Runtime.of(ctx)
    url = runtime.database.url
    psql = runtime.embedded.binary("psql") if runtime.is_embedded else _installed_psql()
    arguments, variables = psql_command(psql, url, private=runtime.is_embedded)
    if why := record_shell(runtime.database):
        runtime.note(f"this is not in the operator journal: {why}")
    runtime.close()
    sys.stdout.flush()
    os.execve(arguments[0], arguments, variables)  # noqa: S606 - psql takes over this process, no shell between


def _installed_psql() -> Path:
    found = shutil.which("psql")
    if found is None:
        raise NotFound("psql_not_found", "there is no psql on the PATH", why="install the PostgreSQL client programs")
    return Path(found)
