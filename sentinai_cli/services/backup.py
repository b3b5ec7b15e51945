"""Backing up into a file, with a manifest beside it."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shlex import quote

from sentinai_cli.db.backup import is_standby, write_archive
from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Conflict, InvalidInput, Unavailable
from sentinai_cli.models.backup import BackupManifest, BackupResult
from sentinai_cli.models.scope import AllTenants

Say = Callable[[str], None]
Advance = Callable[[int], None]


def manifest_of(file: Path) -> Path:
    """Where the manifest of an archive is."""
    return file.with_name(f"{file.name}.manifest.json")


def backup(
    database: Database, file: Path, *, pg_bin: Path | None, now: datetime, say: Say, advance: Advance
) -> BackupResult:
    """Write the archive and its manifest, readable by this account alone; both appear whole or not at all.

    Raises Conflict when either file exists, InvalidInput when the directory cannot be written, and what
    `write_archive` raises. The journal gets the digest, but for a standby, which has none to write.
    """
    file = file.absolute()
    manifest_file = manifest_of(file)
    for path in (file, manifest_file):
        if path.exists() or path.is_symlink():
            raise _exists(path)
    with _workshop(file) as place:
        draft = place / "archive"
        manifest = write_archive(database, draft, pg_bin=pg_bin, now=now, say=say, advance=advance)
        described = place / "manifest"
        described.write_text(manifest.model_dump_json(indent=2) + "\n")
        _publish({draft: file, described: manifest_file})
    _record(database, manifest, say)
    return BackupResult(
        file=str(file),
        manifest=str(manifest_file),
        bytes=manifest.archive_bytes,
        tables=len(manifest.tables),
        rows=sum(table.rows for table in manifest.tables),
        digest=manifest.digest,
        revision=manifest.revision,
        server_version=manifest.server_version,
    )


@contextmanager
def _workshop(file: Path) -> Iterator[Path]:
    """A private directory beside the file, so that moving into place is one step."""
    try:
        made = tempfile.TemporaryDirectory(prefix=f".{file.name[:100]}.", dir=file.parent)
    except OSError as error:
        raise InvalidInput("file_unwritable", f"{file} cannot be written", why=error.strerror) from None
    try:
        with made as place:
            yield Path(place)
    except OSError as error:
        raise Unavailable("file_unwritable", f"{file} cannot be written", why=error.strerror) from None


def _publish(drafts: dict[Path, Path]) -> None:
    """Give the drafts their names, without overwriting what somebody put there meanwhile."""
    done: list[Path] = []
    try:
        for draft, path in drafts.items():
            draft.chmod(0o600)
            with draft.open("rb") as written:
                os.fsync(written.fileno())
            _move(draft, path)
            done.append(path)
    except BaseException:
        for path in done:
            path.unlink(missing_ok=True)
        raise


def _move(draft: Path, path: Path) -> None:
    """A link fails where a name is taken, and a rename does not; some file systems have no links."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise _exists(path) from None
    except OSError:
        if path.exists():
            raise _exists(path) from None
        draft.rename(path)


def _exists(path: Path) -> Conflict:
    why = "a backup overwrites nothing"
    return Conflict("file_exists", f"{path} exists already", why=why, fix=f"ls -l {quote(str(path))}")


def _record(database: Database, manifest: BackupManifest, say: Say) -> None:
    with database.direct() as connection:
        if is_standby(connection):
            say("the server is a standby, which keeps no journal of its own: this backup is not entered in one")
            return
    with database.begin(AllTenants()) as work:
        work.record(after={"digest": manifest.digest, "archive_sha256": manifest.archive_sha256})
