"""Where everything of one embedded server lies, told from its home alone."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from sentinai_cli.errors import InvalidInput

PORT = 5432

_SOCKET_NAME = f".s.PGSQL.{PORT}"
_SOCKET_PATH_LIMIT = 103
"""Bytes of a socket's path on macOS; Linux takes four more."""
_PLAIN = re.compile(r"[A-Za-z0-9._/+ -]+")
"""What PostgreSQL's list of socket directories, libpq's host and every other tool take as it is."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class Layout:
    """The paths of one server. `home` is absolute and holds no symbolic link. Only `of` looks at the disk."""

    home: Path

    @classmethod
    def of(cls, home: Path) -> "Layout":
        """Resolve `home`. Raises InvalidInput when PostgreSQL could not write the path into its own files."""
        if not _can_be_written_down(str(home)) or not _can_be_written_down(resolved := os.path.realpath(home)):
            raise InvalidInput(
                "invalid_embedded_home",
                "the embedded server's home has a name that PostgreSQL cannot hold",
                why="the path holds a control character or is not UTF-8",
                fix='SENTINAI_HOME="$HOME/.sentinai" sentinai db start',
            )
        return cls(Path(resolved))

    @property
    def data(self) -> Path:
        """The data directory; it appears whole, by a rename, or not at all."""
        return self.home / "data"

    @property
    def lock(self) -> Path:
        return self.home / "lock"

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def access_rules(self) -> Path:
        """What PostgreSQL calls hba_file; beside the data, so that the server's account cannot alter it."""
        return self.home / "pg_hba.conf"

    @property
    def access_map(self) -> Path:
        """What PostgreSQL calls ident_file."""
        return self.home / "pg_ident.conf"

    @property
    def programs(self) -> Path:
        """Copies of the PostgreSQL programs, made only when the server's account cannot reach the originals."""
        return self.home / ".embedded-programs"

    @property
    def postmaster_file(self) -> Path:
        return self.data / "postmaster.pid"

    @property
    def socket_directory(self) -> Path:
        """In the home; for a path that sockets or libpq cannot take, a directory in /tmp named by the home's digest."""
        inside = self.home / "run"
        fits = len(os.fsencode(inside / _SOCKET_NAME)) <= _SOCKET_PATH_LIMIT
        if fits and _PLAIN.fullmatch(str(inside)):
            return inside
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:20]
        return Path("/tmp") / f"sentinai-{digest}"  # noqa: S108 - private, and its owner is checked

    @property
    def socket(self) -> Path:
        return self.socket_directory / _SOCKET_NAME

    @property
    def socket_lock(self) -> Path:
        return self.socket_directory / f"{_SOCKET_NAME}.lock"


def _can_be_written_down(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return _CONTROL.search(path) is None
