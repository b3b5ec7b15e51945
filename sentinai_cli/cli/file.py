"""Reading a file that was named on the command line."""

import sys
from pathlib import Path

from sentinai_cli.errors import InvalidInput

LARGEST = 4 * 1024 * 1024 + 1
"""One byte more than a pack may have, so that a larger file is refused without being read."""


def read_file(name: str, largest: int = LARGEST) -> bytes:
    """The bytes of a file, of standard input for `-`; never more than `largest`. Raises InvalidInput."""
    try:
        if name == "-":
            return sys.stdin.buffer.read(largest)
        with Path(name).open("rb") as file:
            return file.read(largest)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "the name holds a NUL character"
        raise InvalidInput("file_unreadable", f"{name} cannot be read", why=why) from None
