"""Standard output and error as the process got them: encodings, closed pipes, terminals."""

import contextlib
import io
import os
import select
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from sentinai_cli.errors import SentinaiError


def prepare() -> None:
    """Never fail on a character: UTF-8 in files and pipes, escapes for what a terminal's encoding lacks.

    A stream that the caller closed (`>&-`) wants nothing: it becomes the null device.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - it lives as long as the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


@contextlib.contextmanager
def written_out() -> Iterator[None]:
    """Flush standard output behind the block; what fails is a SentinaiError, but for a reader that has gone."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise SentinaiError("output_failed", "standard output cannot be written", why=error.strerror) from error


def reader_is_gone(stream: TextIO) -> bool:
    """Whether the other end of a pipe was closed, as `| head -1` does; not whether some other pipe broke."""
    try:
        poll = select.poll()
        poll.register(stream.fileno(), select.POLLOUT)
        return any(event & (select.POLLERR | select.POLLHUP) for _, event in poll.poll(0))
    except (AttributeError, OSError, ValueError):
        return False


def settle(stream: TextIO) -> None:
    """Flush, and if nobody takes it, let the interpreter's last flush go nowhere instead of complaining."""
    try:
        stream.flush()
    except (OSError, ValueError):
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, stream.fileno())
            os.close(nowhere)
