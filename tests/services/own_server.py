"""A PostgreSQL server with settings of the test's own, and a replica of it."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.models.database_url import DatabaseUrl
from tests.conftest import connect

_NO_SETTINGS: Mapping[str, str] = {}
_TRUST = "local all all trust\nlocal replication all trust\n"


class Cluster:
    """The data of an embedded server that was made and stopped; `programs` is where PostgreSQL's are."""

    def __init__(self, place: Path, *, programs: Path | None = None) -> None:
        self._server = EmbeddedServer(place / "home", pg_bin=programs)
        self.url = self._server.ensure()
        with connect(self.url) as admin:
            (found,) = admin.execute("SHOW data_directory").fetchone() or ("",)
        self._server.stop()
        self.data = Path(found)
        owner = self.data.stat()
        is_root = os.geteuid() == 0
        self._user: int | None = owner.st_uid if is_root else None
        self._group: int | None = owner.st_gid if is_root else None
        self._place = place
        self._rules = self._file("trust.conf", _TRUST)

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs as the owner of the data."""
        subprocess.run(
            [self._server.binary(program), *arguments],
            check=True,
            capture_output=True,
            cwd="/",
            user=self._user,
            group=self._group,
        )

    @contextmanager
    def started(
        self, name: str = "primary", data: Path | None = None, *, settings: Mapping[str, str] = _NO_SETTINGS
    ) -> Iterator[DatabaseUrl]:
        """The server of this data, or of another that was copied from it, for as long as the block lasts."""
        sockets = self._place / name
        sockets.mkdir(exist_ok=True)
        self.give(sockets)
        given = {
            "hba_file": str(self._rules),
            "listen_addresses": "",
            "unix_socket_directories": str(sockets),
            "fsync": "off",
            **settings,
        }
        words = [word for setting, value in given.items() for word in ("-c", f"{setting}={value}")]
        program = [str(self._server.binary("postgres")), "-D", str(data or self.data), *words]
        with (sockets / "log").open("wb") as log:
            process = subprocess.Popen(program, stdout=log, stderr=log, cwd="/", user=self._user, group=self._group)
        try:
            yield self._ready(replace(self.url, host=str(sockets)), process, sockets)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)

    def give(self, path: Path) -> None:
        """Make a file or directory the data owner's."""
        if self._user is not None and self._group is not None:
            os.chown(path, self._user, self._group)

    def copy(self, url: DatabaseUrl, name: str) -> Path:
        """A replica's data, taken from the running server."""
        data = self._place / f"{name}-data"
        data.mkdir(mode=0o700)
        self.give(data)
        self.run("pg_basebackup", "-D", str(data), "-R", "-c", "fast", "-h", str(url.host), "-U", str(url.user))
        return data

    def _ready(self, url: DatabaseUrl, process: subprocess.Popen[bytes], sockets: Path) -> DatabaseUrl:
        end = datetime.now(UTC) + timedelta(seconds=60)
        while True:
            assert process.poll() is None, (sockets / "log").read_text()
            try:
                connect(url).close()
            except psycopg.OperationalError:
                assert datetime.now(UTC) < end, (sockets / "log").read_text()
            else:
                return url

    def _file(self, name: str, text: str) -> Path:
        path = self._place / name
        path.write_text(text)
        path.chmod(0o644)
        return path
