"""Long lines for people: on a terminal they break between words, so that no name is cut in two."""

import shutil
import textwrap
from typing import TextIO

_NARROWEST = 40


def folded(text: str, stream: TextIO, *, indent: int = 2) -> str:
    """One line as this stream wants it: itself, or on a terminal lines of its width, all but the first indented.

    Words are never cut; one that is too long runs on. Not for what is copied as a whole, such as a command line.
    """
    if not stream.isatty():
        return text
    return textwrap.fill(
        text,
        max(shutil.get_terminal_size().columns, _NARROWEST),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
