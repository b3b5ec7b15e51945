"""Colour for the little that is written without Rich: help pages, notes and errors."""

import os
from collections.abc import Mapping
from typing import TextIO

_CODES = {
    "strong": "1",
    "faint": "2",
    "command": "36",
    "option": "32",
    "title": "1;33",
    "note": "2",
    "error": "1;31",
    "fix": "1;36",
    "danger": "1;37;41",
    "caution": "1;33",
    "calm": "32",
}


def wants_colour(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Only a terminal that did not ask for none: NO_COLOR set to anything, or TERM=dumb."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


class Ink:
    """Paints words for one stream, or leaves them as they are when the stream wants no colour."""

    def __init__(self, stream: TextIO) -> None:
        self._colour = wants_colour(stream)

    def __call__(self, name: str, text: str) -> str:
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self._colour and text else text
