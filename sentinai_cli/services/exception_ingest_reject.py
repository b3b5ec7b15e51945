"""The file of records that were not taken: a JSON object on each line, with the record as it was read."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.exception_ingest import Rejection

LONGEST_TEXT = 64 * 1024
"""Bytes of a record that are repeated."""
_MOST = 10_000


class RejectFile:
    """For one run, in a `with` block. The file is new and its owner's alone, since records hold personal data.

    It is made for the first rejected record: `named`, else in the working directory and called after the input, with a
    number where there is one already. Raises InvalidInput for a name that is taken or cannot be written, before
    anything else is done.
    """

    def __init__(self, named: Path | None, source: str) -> None:
        self._named = named
        self._stem = f"{Path(source).name if source != '-' else 'stdin'}.rejects"
        self._file: BinaryIO | None = None
        self.path: Path | None = None

    def __enter__(self) -> "RejectFile":
        if self._named is not None:
            try:
                if self._named.is_symlink() or self._named.exists():
                    raise _exists(self._named)
                if not os.access(self._named.parent, os.W_OK | os.X_OK):
                    raise _unwritable(self._named, "its directory is not there or cannot be written")
            except (OSError, ValueError) as error:
                raise _unwritable(self._named, str(error)) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self._file = self._made()
        return self._file

    def _made(self) -> BinaryIO:
        numbered = (Path(f"{self._stem}{'' if number == 1 else f'-{number}'}.jsonl") for number in range(1, _MOST))
        for path in numbered if self._named is None else [self._named]:
            try:
                file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            except FileExistsError:
                continue
            except (OSError, ValueError) as error:
                raise _unwritable(path, str(error)) from None
            self.path = path
            return os.fdopen(file, "wb")
        raise _exists(self._named or Path(f"{self._stem}.jsonl"))

    def add(self, rejections: Sequence[Rejection], text: bytes) -> None:
        """Write one record with everything that is wrong with it."""
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
        self._opened().write(json.dumps(entry, ensure_ascii=True).encode() + b"\n")


def reason_of(rejection: Rejection) -> str:
    """Where and what, in a sentence."""
    return f"{rejection.pointer}: {rejection.reason}" if rejection.pointer else rejection.reason


def _exists(path: Path) -> InvalidInput:
    return InvalidInput("file_exists", f"{path} is there already", why="what was rejected before is not overwritten")


def _unwritable(path: Path, why: str) -> InvalidInput:
    return InvalidInput("file_unwritable", f"{path} cannot be written", why=why)
