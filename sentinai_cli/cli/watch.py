"""`--watch SECS`: the same result again and again, in its place on the terminal."""

import sys
import time
from collections.abc import Callable
from typing import Annotated, TypeAlias, TypeVar

import typer

from sentinai_cli.cli.options import whole
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.errors import InvalidInput, Unavailable

Found = TypeVar("Found")

Watch: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--watch",
        metavar="SECS",
        parser=whole(1, "seconds"),
        help="Again and again, on a terminal, until Ctrl-C.",
        show_default=False,
    ),
]


def watched(runtime: Runtime, seconds: int | None, look: Callable[[], Found], show: Callable[[Found], None]) -> None:
    """Look and show once; with `seconds` again and again, each in the place of the one before, until interrupted.

    A database that cannot be reached meanwhile is said and tried again. Raises InvalidInput where there is no terminal
    or another format than a table was asked for.
    """
    if seconds is None:
        show(look())
        return
    if not sys.stdout.isatty() or runtime.shared.output not in (None, "table"):
        raise InvalidInput(
            "watch_needs_terminal", "--watch shows a table on a terminal", why="elsewhere repeat the command itself"
        )
    shown = False
    while True:
        try:
            found = look()
        except Unavailable as error:
            if not shown:
                raise
            runtime.note(f"{error.what}; trying again")
        else:
            _clear()
            show(found)
            shown = True
        runtime.note(f"again every {seconds} s, until Ctrl-C")
        time.sleep(seconds)


def _clear() -> None:
    from sentinai_cli.render.console import console_for

    console_for(sys.stdout).clear()
