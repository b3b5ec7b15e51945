"""A profile without a password leaves it to libpq: its passfile is asked, by host, port, database and user."""

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

SECRET = "from-the-passfile"
_ASK_FOR_PASSWORD = b"R" + struct.pack("!ii", 8, 3)
_REFUSAL = b"SFATAL\0C28P01\0Mpassword authentication failed\0\0"


def _take_password(listening: socket.socket) -> str:
    """Answer one client as a server would that asks for a password in clear, and give what it says."""
    client, _ = listening.accept()
    with client:
        client.settimeout(20)
        length = struct.unpack("!i", client.recv(4, socket.MSG_WAITALL))[0]
        client.recv(length - 4, socket.MSG_WAITALL)
        client.sendall(_ASK_FOR_PASSWORD)
        kind, length = struct.unpack("!ci", client.recv(5, socket.MSG_WAITALL))
        assert kind == b"p"
        said = client.recv(length - 4, socket.MSG_WAITALL)
        client.sendall(b"E" + struct.pack("!i", len(_REFUSAL) + 4) + _REFUSAL)
        return said.rstrip(b"\0").decode()


@pytest.fixture
def asking() -> Iterator[tuple[int, "Future[str]"]]:
    """The port of a server that asks for a password, and what it will have been told."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor() as pool:
        listening.settimeout(20)
        yield listening.getsockname()[1], pool.submit(_take_password, listening)


@pytest.mark.slow
def test_the_passfile_of_libpq_is_asked_when_the_profile_has_no_password(
    asking: tuple[int, "Future[str]"], tmp_path: Path
) -> None:
    port, told = asking
    (tmp_path / "sentinai.toml").write_text(
        f'[profiles.p]\ndatabase_url = "postgresql://ops@127.0.0.1:{port}/x?sslmode=disable&gssencmode=disable"\n'
    )
    passfile = tmp_path / ".pgpass"
    passfile.write_text(f"elsewhere:*:*:*:no\n127.0.0.1:{port}:x:ops:{SECRET}\n")
    passfile.chmod(0o600)
    ran = subprocess.run(
        [sys.executable, "-c", "from sentinai_cli.cli.main import main; main()", "status", "--profile", "p"],
        cwd=tmp_path,
        env={"PATH": os.defpath, "HOME": str(tmp_path), "PGPASSFILE": str(passfile)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.result(20) == SECRET
    assert ran.returncode == 7, ran.stderr
    assert "error[login_refused]" in ran.stderr
    assert SECRET not in ran.stdout + ran.stderr
