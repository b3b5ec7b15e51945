"""A PgBouncer in front of the test's server."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sentinai_cli.models.database_url import DatabaseUrl

needs_pgbouncer = pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="PgBouncer is not installed")

_SETTINGS = """
[databases]
* = host={host} port={port} user={user}

[pgbouncer]
listen_addr =
unix_socket_dir = {place}
listen_port = 6432
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
max_client_conn = 50
logfile = {place}/log
"""


@contextmanager
def pooled(url: DatabaseUrl, *, mode: str = "transaction", size: int = 1) -> Iterator[DatabaseUrl]:
    """The same database through a pooler of `size` server connections, which all its clients share."""
    place = Path(tempfile.mkdtemp(prefix="sentinai-pooler-", dir="/tmp"))
    settings = place / "settings.ini"
    settings.write_text(
        _SETTINGS.format(host=url.host, port=url.port, user=url.user, place=place, mode=mode, size=size)
    )
    account = pwd.getpwuid(Path(url.host or "").stat().st_uid)  # the server lets this account in, and PgBouncer no root
    as_root = os.geteuid() == 0
    if as_root:
        os.chown(place, account.pw_uid, account.pw_gid)
    running = subprocess.Popen(
        ["pgbouncer", "--quiet", settings],
        user=account.pw_uid if as_root else None,
        group=account.pw_gid if as_root else None,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    try:
        _await(place / ".s.PGSQL.6432", running)
        yield replace(url, host=str(place), port=6432)
    finally:
        running.terminate()
        running.wait(10)
        shutil.rmtree(place, ignore_errors=True)


def _await(path: Path, running: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and running.poll() is None:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
            except OSError:
                time.sleep(0.01)
            else:
                return
    raise AssertionError("PgBouncer did not start")
