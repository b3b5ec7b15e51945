"""Rich consoles that keep to what the stream can show."""

import os
from collections.abc import Mapping
from typing import TextIO

from rich.console import Console

UNLIMITED = 100_000


def console_for(stream: TextIO, environ: Mapping[str, str] = os.environ) -> Console:
    """A console without markup, emoji codes or highlighting, so that data stays data.

    No escape sequence at all with NO_COLOR, TERM=dumb or off a terminal; off a terminal lines have no width limit.
    """
    terminal = stream.isatty()
    plain = not terminal or bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb"
    return Console(
        file=stream,
        force_terminal=terminal,
        color_system=None if plain else "auto",
        width=None if terminal else UNLIMITED,
        markup=False,
        emoji=False,
        highlight=False,
    )
