"""Reading a file that was named on the command line."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from sentinai_cli.errors import InvalidInput

LARGEST = 4 * 1024 * 1024 + 1
"""One byte more than a pack may have, so that a larger file is refused without being read."""


def read_file(name: str, largest: int = LARGEST) -> bytes:
    """The bytes of a file, of standard input for `-`; never more than `largest`. Raises InvalidInput."""
    try:
        if name == "-":
            return _standard_input().read(largest)
        with Path(name).open("rb") as file:
            return file.read(largest)
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None


class Opened(NamedTuple):
    """A file to be read bit by bit; `size` in bytes is None for standard input and whatever else has none."""

    stream: BinaryIO
    size: int | None


@contextmanager
def opened_file(name: str) -> Iterator[Opened]:
    """The file, standard input for `-`, for the length of the block. Raises InvalidInput."""
    if name == "-":
        yield Opened(_standard_input(), None)
        return
    with _open(name) as stream:
        yield Opened(stream, os.fstat(stream.fileno()).st_size or None)


def _standard_input() -> BinaryIO:
    if sys.stdin is None:  # it was closed by whoever started us
        raise InvalidInput("file_unreadable", "- cannot be read", why="standard input is closed")
    return sys.stdin.buffer


def _open(name: str) -> BinaryIO:
    try:
        return Path(name).open("rb")
    except (OSError, ValueError) as error:
        raise _unreadable(name, error) from None


def _unreadable(name: str, error: OSError | ValueError) -> InvalidInput:
    why = error.strerror if isinstance(error, OSError) else "the name holds a NUL character"
    return InvalidInput("file_unreadable", f"{name} cannot be read", why=why)
