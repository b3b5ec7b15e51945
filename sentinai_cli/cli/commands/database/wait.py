"""`sentinai db wait`."""

from typing import Annotated

import typer

from sentinai_cli.cli.commands.database.group import app
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput


def _seconds(text: str | float) -> float:
    if isinstance(text, float):  # the default comes through here too
        return text
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 86_400:
        raise InvalidInput("invalid_number", f"{text[:40]!r} is not a number of seconds from 0 to 86400")
    return seconds


@app.command(
    "wait",
    examples=[
        "sentinai db wait # until the database answers, a minute at most",
        "sentinai db wait --timeout 300 # for a slow start in CI",
    ],
    following=["sentinai migrate # now that it is there"],
)
def wait(
    ctx: typer.Context,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", parser=_seconds, help="Give up after this long.")
    ] = 60.0,
) -> None:
    """Wait until the database takes connections; exit 5 when it does not in time.

    A server that is not up yet and a database that is not made yet are waited for; a refused login is final (exit 7).
    """
    from sentinai_cli.services.wait import wait_until_ready

    runtime = Runtime.of(ctx)
    runtime.show(wait_until_ready(runtime.database, timeout=timeout, say=runtime.note))
