import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.embedded.account import Account
from sentinai_cli.db.embedded.layout import PORT
from sentinai_cli.errors import InvalidInput, Refused
from tests.embedded.conftest import CLIENT, answer, ask, client, connect, needs_root, search_path

MAY_UNSHARE = (
    os.geteuid() == 0
    and shutil.which("unshare") is not None
    and shutil.which("useradd") is not None
    and subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode == 0
)


def open_wide(server: EmbeddedServer) -> None:
    """Take away the protection of the directories, so that only the server's own rules are left."""
    directory = Path(server.status().socket_directory)
    for folder in (directory, directory.parent):
        folder.chmod(0o755)
    (directory / f".s.PGSQL.{PORT}").chmod(0o777)


@needs_root
def test_another_user_cannot_reach_the_socket(shared: EmbeddedServer) -> None:
    told = answer(client(Path(shared.status().home), "connect", account="nobody"))
    assert told["class"] == "OperationalError"
    assert "Permission denied" in str(told["what"])


@needs_root
def test_another_user_who_reaches_the_socket_is_not_let_in(server: EmbeddedServer, place: Path) -> None:
    server.ensure()
    open_wide(server)
    told = answer(client(place / "home", "connect", account="nobody"))
    assert told["class"] == "OperationalError"
    assert "Peer authentication failed" in str(told["what"])


@needs_root
def test_the_servers_own_account_is_let_in(server: EmbeddedServer, place: Path, account: Account) -> None:
    server.ensure()
    assert answer(client(place / "home", "connect", account=account.name)) == {"user": "sentinai"}


def test_a_role_of_its_own_needs_the_password_it_was_given(server: EmbeddedServer) -> None:
    url = server.ensure()
    with connect(url) as session:
        session.execute("CREATE ROLE clerk LOGIN PASSWORD 'moonlight'")
        session.execute("CREATE ROLE locked LOGIN")
    for role, password in (("clerk", "sunshine"), ("locked", "")):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host=url.host, port=PORT, user=role, dbname="sentinai", password=password)
    with psycopg.connect(host=url.host, port=PORT, user="clerk", dbname="sentinai", password="moonlight") as session:
        assert session.info.user == "clerk"


def test_nothing_of_a_server_can_be_read_by_others(shared: EmbeddedServer, account: Account) -> None:
    home = Path(shared.status().home)
    for name in ("data", "run"):
        found = (home / name).lstat()
        assert (stat.S_IMODE(found.st_mode), found.st_uid) == (0o700, account.uid)
    assert stat.S_IMODE((home / "server.log").stat().st_mode) == 0o600
    assert stat.S_IMODE(home.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)
    assert ask(shared.ensure(), "SHOW listen_addresses") == ""


def test_the_servers_account_is_named_and_is_not_root(shared: EmbeddedServer, account: Account) -> None:
    assert account.uid != 0
    assert shared.status().os_user == account.name
    assert pwd.getpwuid(Path(shared.status().data_directory).stat().st_uid).pw_name == account.name


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_the_server_keeps_neither_root_nor_its_groups(shared: EmbeddedServer, account: Account) -> None:
    status = Path(f"/proc/{shared.status().pid}/status").read_text()
    facts = dict(line.split(":", 1) for line in status.splitlines())
    assert set(facts["Uid"].split()) == {str(account.uid)}
    assert set(facts["Gid"].split()) == {str(account.gid)}
    if os.geteuid() == 0:
        assert facts["Groups"].split() == []
        assert int(facts["CapEff"], 16) == 0


@needs_root
def test_data_of_root_is_not_served(server: EmbeddedServer, place: Path) -> None:
    os.chown(place / "home" / "data", 0, 0)
    with pytest.raises(Refused) as caught:
        server.ensure()
    assert caught.value.code == "embedded_foreign_data"
    assert "belongs to root" in caught.value.what


@needs_root
@pytest.mark.parametrize("verb", ["ensure", "stop", "status"])
def test_the_home_of_somebody_else_is_refused(server: EmbeddedServer, place: Path, verb: str) -> None:
    os.chown(place / "home", 65534, 65534)
    with pytest.raises(Refused) as caught:
        getattr(server, verb)()
    assert caught.value.code == "embedded_foreign_home"
    assert caught.value.fix == "sudo -u nobody sentinai db status"


@pytest.mark.skipif(os.geteuid() == 0, reason="root owns the directories that a plain user cannot give away")
@pytest.mark.parametrize("verb", ["ensure", "stop", "status"])
def test_a_home_of_root_is_refused(verb: str) -> None:
    with pytest.raises(Refused) as caught:
        getattr(EmbeddedServer(Path("/usr")), verb)()
    assert caught.value.code == "embedded_foreign_home"


def test_a_home_that_others_can_write_in_is_refused_and_left_as_it_is(server: EmbeddedServer, place: Path) -> None:
    (place / "home").chmod(0o777)
    with pytest.raises(Refused) as caught:
        server.ensure()
    assert caught.value.code == "embedded_home_open"
    assert stat.S_IMODE((place / "home").stat().st_mode) == 0o777


@needs_root
def test_directories_above_the_home_keep_their_modes(place: Path) -> None:
    (place / "above").mkdir(mode=0o751)
    (place / "above").chmod(0o751)
    EmbeddedServer(place / "above" / "made" / "home").ensure()
    assert stat.S_IMODE((place / "above").stat().st_mode) == 0o751
    assert stat.S_IMODE((place / "above" / "made").stat().st_mode) == 0o755


@needs_root
def test_a_plain_user_has_a_server_of_its_own(place: Path) -> None:
    (place / "user").mkdir()
    os.chown(place / "user", 65534, 65534)
    home = place / "user" / "home"
    made = answer(client(home, "ensure", account="nobody"))
    found = answer(client(home, "ensure", account="nobody"))
    status: dict[str, object] = found["status"]  # type: ignore[assignment]
    assert made["url"] == found["url"]
    assert status["os_user"] == "nobody"
    assert Path(f"/proc/{status['pid']}").stat().st_uid == 65534
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert answer(client(home, "ensure"))["code"] == "embedded_foreign_home"
    assert answer(client(home, "stop", account="nobody")) == {"stopped": True}


@needs_root
def test_an_account_without_a_name_is_pointed_to_a_url(place: Path) -> None:
    (place / "user").mkdir()
    os.chown(place / "user", 54321, 54321)
    told = answer(client(place / "user" / "home", "ensure", account="54321"))
    assert told["code"] == "embedded_account_unnamed"
    assert "SENTINAI_DATABASE_URL" in str(told["fix"])


@needs_root
def test_root_runs_the_server_as_the_account_it_names(place: Path) -> None:
    server = EmbeddedServer(place / "home", os_user="nobody")
    server.ensure()
    assert server.status().os_user == "nobody"
    server.stop()
    assert ask(EmbeddedServer(place / "home").ensure(), "SELECT 1") == 1
    server.stop()
    with pytest.raises(Refused) as caught:
        EmbeddedServer(place / "home", os_user="daemon").ensure()
    assert caught.value.code == "embedded_foreign_data"


def test_an_account_that_does_not_exist_is_an_error(place: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        EmbeddedServer(place / "home", os_user="nobody-of-that-name").ensure()
    assert caught.value.code == "unknown_os_user"


def test_root_is_never_the_servers_account(place: Path) -> None:
    with pytest.raises(Refused) as caught:
        EmbeddedServer(place / "home", os_user="root").ensure()
    assert caught.value.code in ("embedded_account_is_root", "embedded_account_not_permitted")


@pytest.mark.skipif(not MAY_UNSHARE, reason="needs root, useradd and a mount namespace of its own")
def test_root_without_an_account_makes_a_locked_one_and_says_so(place: Path) -> None:
    etc = place / "etc"
    subprocess.run(["cp", "-a", "/etc", etc], check=True)
    for name in ("passwd", "shadow", "group", "gshadow"):
        lines = (etc / name).read_text().splitlines(keepends=True)
        (etc / name).write_text("".join(line for line in lines if not line.startswith(("postgres:", "sentinai:"))))
    script = 'mount --bind "$1" /etc && exec "$2" "$3" - ensure "$4"'
    command: list[str | Path] = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        script,
        "sh",
        etc,
        sys.executable,
        CLIENT,
        place / "home",
    ]
    environ = {**os.environ, "PYTHONPATH": search_path()}
    told = answer(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ))
    assert "made the system account sentinai" in str(told["said"])
    assert told["status"]["os_user"] == "sentinai"  # type: ignore[index]
    made = next(line for line in (etc / "passwd").read_text().splitlines() if line.startswith("sentinai:"))
    assert made.endswith(":/nonexistent:/usr/sbin/nologin")
    assert int(made.split(":")[2]) == (place / "home" / "data").stat().st_uid
    assert any(line.startswith("sentinai:!") for line in (etc / "shadow").read_text().splitlines())
