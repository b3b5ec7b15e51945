"""A directory that appears whole or not at all, with files that nobody overwrites."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self

from sentinai_cli.errors import Conflict, InvalidInput, Unavailable
from sentinai_cli.models.base import Model
from sentinai_cli.models.erasure import ExportedFile


def draft_of(final: Path) -> Path:
    """Where something is while it is not finished."""
    return final.with_name(f".{final.name}.partial")


def write_document(path: Path, document: Model) -> None:
    """Write a file that is there whole or not at all, and has reached the disk when this returns."""
    draft = draft_of(path)
    draft.unlink(missing_ok=True)
    with create(draft) as file:
        file.write(document.model_dump_json(indent=2).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    give_name(draft, path)
    sync_directory(path.parent)


def sync_directory(path: Path) -> None:
    """Let the names in a directory reach the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """The digest of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def new_directory(final: Path) -> Iterator[Path]:
    """A private directory that gets its name when the block ends well; after an error nothing of it is left.

    Raises InvalidInput when nothing can be written there, Conflict for a name that is taken.
    """
    draft = draft_of(final)
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir(mode=0o700)
    except OSError as error:
        raise InvalidInput("file_unwritable", f"{final.parent} cannot be written", why=error.strerror) from None
    try:
        yield draft
        sync_directory(draft)
        give_name(draft, final)
        sync_directory(final.parent)
    except BaseException as error:
        _remove(draft)
        if isinstance(error, OSError):
            raise Unavailable("file_unwritable", f"{final} cannot be written", why=error.strerror) from None
        raise


def give_name(draft: Path, final: Path) -> None:
    """Rename what is finished. Raises Conflict for a name that is taken."""
    if final.exists():
        raise Conflict("file_exists", f"{final} exists already", why="an export overwrites nothing")
    draft.rename(final)


def _remove(draft: Path) -> None:
    with suppress(OSError):
        for file in draft.iterdir():
            file.unlink()
        draft.rmdir()


def create(path: Path) -> BinaryIO:
    """A new file to write, for this account alone; FileExistsError where there is one."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


class LineFile:
    """A new file of JSON lines, counted and digested as it is written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BinaryIO = create(path)
        self._digest = hashlib.sha256()
        self._bytes = 0
        self.lines = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, model: Model) -> None:
        """Write a line."""
        self.write(model.model_dump_json().encode() + b"\n")

    def write(self, line: bytes) -> None:
        """Write a line as it is, with its end."""
        self._file.write(line)
        self._digest.update(line)
        self._bytes += len(line)
        self.lines += 1

    def finish(self) -> ExportedFile:
        """Let it reach the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return ExportedFile(name=self._path.name, lines=self.lines, bytes=self._bytes, sha256=self._digest.hexdigest())
