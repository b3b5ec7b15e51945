import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentinai_cli.db.embedded import EmbeddedServer, launch
from sentinai_cli.db.embedded.account import Account
from sentinai_cli.db.embedded.layout import Layout
from sentinai_cli.errors import Unavailable
from tests.embedded.conftest import ask, connect, until


@pytest.fixture
def stranger(account: Account) -> Iterator[subprocess.Popen[bytes]]:
    """An innocent process of the server's own account, which PostgreSQL takes for a server that it finds recorded."""
    process = subprocess.Popen(["sleep", "600"], user=account.user, group=account.group, extra_groups=account.groups)
    yield process
    process.kill()
    process.wait()


def recorded(server: EmbeddedServer) -> str:
    """What a running server writes into postmaster.pid; the server is stopped afterwards."""
    server.ensure()
    text = (Path(server.status().data_directory) / "postmaster.pid").read_text()
    server.stop()
    return text


def leave_behind(home: Path, text: str, account: Account) -> None:
    layout = Layout.of(home)
    for file in (layout.postmaster_file, layout.socket_lock):
        file.write_text(text)
        os.chown(file, account.uid, account.gid)


def test_a_stale_pid_file_naming_a_stranger_leaves_the_stranger_alive(
    server: EmbeddedServer, place: Path, account: Account, stranger: subprocess.Popen[bytes]
) -> None:
    rest = recorded(server).partition("\n")[2]
    leave_behind(place / "home", f"{stranger.pid}\n{rest}", account)
    assert not server.status().running
    assert server.stop() is False
    assert ask(server.ensure(), "SELECT 1") == 1
    assert server.status().pid != stranger.pid
    assert server.stop()
    assert stranger.poll() is None


def test_a_stale_pid_file_naming_a_zombie_does_not_stop_the_start(
    server: EmbeddedServer, place: Path, account: Account
) -> None:
    rest = recorded(server).partition("\n")[2]
    zombie = subprocess.Popen(["true"], user=account.user, group=account.group, extra_groups=account.groups)
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    leave_behind(place / "home", f"{zombie.pid}\n{rest}", account)
    try:
        assert ask(server.ensure(), "SELECT 1") == 1
    finally:
        zombie.wait()


@pytest.mark.parametrize("text", ["", "12", "\n", "-1\n", "garbage\n", "9" * 40 + "\n", "\x00" * 100])
def test_a_truncated_or_broken_pid_file_does_not_stop_the_start(
    server: EmbeddedServer, place: Path, account: Account, text: str
) -> None:
    (place / "home" / "run").mkdir(exist_ok=True)
    leave_behind(place / "home", text, account)
    assert not server.status().running
    assert server.stop() is False
    assert ask(server.ensure(), "SELECT 1") == 1


def test_a_running_server_whose_pid_file_is_lost_can_be_found_and_stopped(server: EmbeddedServer) -> None:
    server.ensure()
    number = server.status().pid
    (Path(server.status().data_directory) / "postmaster.pid").write_text("")
    assert server.status().pid == number
    assert ask(server.ensure(), "SELECT 1") == 1
    assert server.stop()
    assert not server.status().running


def test_killing_the_server_is_repaired_by_the_next_command(server: EmbeddedServer) -> None:
    with connect(server.ensure()) as session:
        session.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    number = server.status().pid
    assert number is not None
    os.kill(number, signal.SIGKILL)
    assert ask(server.ensure(), "SELECT answer FROM kept") == 42
    assert server.status().pid != number


def test_what_a_killed_server_left_at_work_is_named_and_waited_for(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = server.ensure()
    number = server.status().pid
    assert number is not None
    with connect(url) as busy:
        orphan = busy.info.backend_pid
        busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000000)")  # nobody waits for the answer
        until(lambda: ask(url, f"SELECT state FROM pg_stat_activity WHERE pid = {orphan}") == "active")
        os.kill(number, signal.SIGKILL)
        monkeypatch.setattr(launch, "_ORPHAN_SECONDS", 0.5)
        with pytest.raises(Unavailable) as caught:
            server.ensure()
        assert caught.value.code == "embedded_remains"
        assert str(orphan) in str(caught.value.why)
        assert not server.status().running
        os.kill(orphan, signal.SIGTERM)
        monkeypatch.undo()
        assert ask(server.ensure(), "SELECT 1") == 1
        busy.pgconn.finish()
