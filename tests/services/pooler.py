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
unix_socket_dir = {place}
listen_port = {listening}
auth_type = any
pool_mode = {mode}
default_pool_size = {size}
max_client_conn = 50
logfile = {place}/log
"""
_TLS = """
listen_addr = 127.0.0.1
client_tls_sslmode = require
client_tls_key_file = {place}/key
client_tls_cert_file = {place}/certificate
"""


@contextmanager
def pooled(url: DatabaseUrl, *, mode: str = "transaction", size: int = 1, tls: bool = False) -> Iterator[DatabaseUrl]:
    """The same database through a pooler of `size` server connections, which all its clients share.

    With `tls` it is reached by TCP, encrypted, as a server elsewhere would be.
    """
    place = Path(tempfile.mkdtemp(prefix="sentinai-pooler-", dir="/tmp"))
    port = _free_port() if tls else 6432
    known = {"host": url.host, "port": url.port, "user": url.user, "place": place, "listening": port}
    settings = place / "settings.ini"
    settings.write_text((_SETTINGS + (_TLS if tls else "")).format(mode=mode, size=size, **known))
    if tls:
        _make_certificate(place)
    account = pwd.getpwuid(Path(url.host or "").stat().st_uid)  # the server lets this account in, and PgBouncer no root
    as_root = os.geteuid() == 0
    if as_root:
        for path in (place, *place.iterdir()):
            os.chown(path, account.pw_uid, account.pw_gid)
    running = subprocess.Popen(
        ["pgbouncer", "--quiet", settings],
        user=account.pw_uid if as_root else None,
        group=account.pw_gid if as_root else None,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )
    try:
        _await(place / f".s.PGSQL.{port}", running)
        if tls:
            yield replace(url, host="127.0.0.1", port=port, options={"sslmode": "require"})
        else:
            yield replace(url, host=str(place), port=port)
    finally:
        running.terminate()
        running.wait(10)
        shutil.rmtree(place, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _make_certificate(place: Path) -> None:
    key, certificate = place / "key", place / "certificate"
    words = ["-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(["openssl", "req", "-x509", *words], check=True, capture_output=True)


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
