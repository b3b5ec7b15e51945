"""The file of records that were not taken: a JSON object on each line, with the record as it was read."""

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.exception_ingest import Rejection

LONGEST_TEXT = 64 * 1024
"""Bytes of a record that are repeated."""


class RejectFile:
    """For one run, in a `with` block. The file is new and its owner's alone, since records hold personal data.

    It is made at once, so that one which cannot be made is known before anything else is done, and taken away again
    when nothing is in it. Raises InvalidInput when there is one already that is not empty.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records = 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> "RejectFile":
        try:
            if self.path.stat().st_size == 0:  # what a run that was killed left
                self.path.unlink()
        except (OSError, ValueError):
            pass
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
            self._file = os.fdopen(os.open(self.path, flags, 0o600), "wb")
        except FileExistsError:
            what = f"{self.path} is there already"
            raise InvalidInput("file_exists", what, why="the rejects of another run are not overwritten") from None
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "the name holds a NUL character"
            raise InvalidInput("file_unwritable", f"{self.path} cannot be written", why=why) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._file is not None
        self._file.close()
        if not self.records:
            with suppress(OSError):
                self.path.unlink()

    def add(self, rejections: Sequence[Rejection], text: bytes) -> None:
        """Write one record with everything that is wrong with it."""
        assert self._file is not None
        first = rejections[0]
        entry = {
            "line": first.line,
            "exception_id": first.exception_id,
            "code": first.code,
            "reason": "; ".join(reason_of(one) for one in rejections),
            "faults": [{"code": one.code, "pointer": one.pointer, "reason": one.reason} for one in rejections],
            "record": text[:LONGEST_TEXT].decode("utf-8", "backslashreplace"),
            "cut": len(text) > LONGEST_TEXT,
        }
        self._file.write(json.dumps(entry, ensure_ascii=True).encode() + b"\n")
        self.records += 1


def reason_of(rejection: Rejection) -> str:
    """Where and what, in a sentence."""
    return f"{rejection.pointer}: {rejection.reason}" if rejection.pointer else rejection.reason


def free_path(source: str) -> Path:
    """A name in the working directory for the rejects of an input, which nothing has that is not empty."""
    stem = f"{Path(source).name if source != '-' else 'stdin'}.rejects"
    for number in range(1, 10_000):
        path = Path(f"{stem}.jsonl" if number == 1 else f"{stem}-{number}.jsonl")
        if not path.exists() or path.stat().st_size == 0:
            return path
    raise InvalidInput("file_exists", f"there are too many files {stem}-N.jsonl", why="name one by --rejects")
