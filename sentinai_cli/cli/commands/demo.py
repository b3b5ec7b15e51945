"""`sentinai demo`: from nothing to a first look, always on the embedded database."""

import shlex
import shutil
import sys
from functools import partial
from pathlib import Path

import typer

from sentinai_cli.cli.command import Commands
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, Limit
from sentinai_cli.cli.runtime import Runtime

app = Commands(help="From nothing to seeded exceptions, in one go.")


@app.command(
    "demo",
    mutation=Mutation.WRITES,
    examples=["sentinai demo # safe to repeat", "sentinai demo --limit 3 # show only the three worst"],
    following=["sentinai status # the database that it made", "sentinai db stop # when you are done"],
)
def demo(ctx: typer.Context, limit: Limit = 10, actor: Actor = None) -> None:
    """Make a database, tenants, packs and exceptions, and show the worst of them.

    Always works on the embedded database, whatever is configured. Repeating it changes nothing.
    """
    from sentinai_cli.services.demo import demo as run

    runtime = Runtime.of(ctx)
    elsewhere = runtime.settings.database_url
    if elsewhere is not None:
        runtime.note(f"{elsewhere.shown} is configured and is not touched: the demo has a database of its own")
    words = [_program(), *(["--profile", "embedded"] if elsewhere else [])]
    with runtime.progress("Seeding") as advance:
        result = run(
            runtime.embedded_database,
            limit=limit,
            now=runtime.now(),
            next_commands=partial(_next_commands, shlex.join(words)),
            say=runtime.note,
            advance=advance,
        )
    runtime.show(result)


def _next_commands(sentinai: str, exception_id: str) -> tuple[str, ...]:
    return (
        f"{sentinai} exceptions show {exception_id}",
        f"{sentinai} exceptions list --status open --severity critical --severity high",
        f"{sentinai} status",
    )


def _program() -> str:
    """How this program is called: by name where that finds it, else by its path."""
    own = Path(sys.argv[0]).resolve()
    found = shutil.which("sentinai")
    return "sentinai" if found and Path(found).resolve() == own else str(own)
