import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.embedded.layout import Layout
from sentinai_cli.db.embedded.lock import exclusive
from sentinai_cli.db.embedded.process import residents
from sentinai_cli.errors import Conflict, Unavailable
from tests.embedded.conftest import answer, ask, client, connect, search_path, until


def test_the_first_need_makes_a_server_and_its_database(place: Path) -> None:
    said: list[str] = []
    server = EmbeddedServer(place / "home", say=said.append)
    url = server.ensure()
    assert ask(url, "SELECT current_database() || ' ' || current_user") == "sentinai sentinai"
    assert ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is True
    assert ask(url, "SHOW data_checksums") == "on"
    assert ask(url, "SHOW server_encoding") == "UTF8"
    assert url.password is None
    assert any("making an embedded PostgreSQL" in sentence for sentence in said)


def test_asking_again_finds_the_same_server(shared: EmbeddedServer) -> None:
    before = shared.status()
    assert shared.ensure() == shared.ensure() == shared.url()
    assert shared.status().pid == before.pid


def test_the_status_of_a_running_server_tells_what_it_is(shared: EmbeddedServer) -> None:
    status = shared.status()
    assert status.running
    assert status.version is not None
    assert status.version.split(".")[0] == str(ask(shared.ensure(), "SHOW server_version_num"))[:2]
    assert status.started_at == ask(shared.ensure(), "SELECT pg_postmaster_start_time()")
    assert status.size_bytes is not None
    assert status.size_bytes > 10_000_000
    assert status.pid is not None
    assert status.pid in residents(Path(status.data_directory))


def test_status_and_url_of_nothing_make_nothing(new: EmbeddedServer, place: Path) -> None:
    status = new.status()
    assert (status.running, status.pid, status.version, status.size_bytes) == (False, None, None, None)
    assert new.url() is None
    assert list(place.iterdir()) == []


def test_status_does_not_start_a_stopped_server(server: EmbeddedServer) -> None:
    server.ensure()
    server.stop()
    assert not server.status().running
    assert server.url() is None
    assert not server.status().running


def test_stopping_what_does_not_run_says_so(new: EmbeddedServer, place: Path) -> None:
    assert new.stop() is False
    assert list(place.iterdir()) == []


def test_stopping_twice_says_that_the_second_did_nothing(server: EmbeddedServer) -> None:
    server.ensure()
    assert server.stop() is True
    assert server.stop() is False


def test_stopping_ends_the_sessions_and_leaves_no_process(server: EmbeddedServer) -> None:
    with connect(server.ensure()) as session:
        number = server.status().pid
        assert server.stop()
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
    assert number is not None
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_a_server_that_lets_nobody_in_says_why(server: EmbeddedServer) -> None:
    with connect(replace(server.ensure(), database="postgres")) as session:
        session.execute("ALTER DATABASE sentinai ALLOW_CONNECTIONS false")
    with pytest.raises(Unavailable) as caught:
        server.ensure()
    assert caught.value.code == "embedded_not_answering"
    assert "not currently accepting connections" in str(caught.value.why)
    assert server.stop()


def test_a_lock_that_others_keep_is_a_conflict(place: Path) -> None:
    with exclusive(place / "lock", seconds=0):
        with pytest.raises(Conflict) as caught, exclusive(place / "lock", seconds=0):
            pass
        assert caught.value.code == "embedded_locked"
    with exclusive(place / "lock", seconds=0):
        pass


def test_data_outlives_the_server(server: EmbeddedServer) -> None:
    server.ensure()
    with connect(server.ensure()) as session:
        session.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    assert ask(server.ensure(), "SELECT answer FROM kept") == 42


def test_a_dropped_database_is_made_again(server: EmbeddedServer) -> None:
    with connect(replace(server.ensure(), database="postgres")) as session:
        session.execute("DROP DATABASE sentinai")
    number = server.status().pid
    assert ask(server.ensure(), "SELECT current_database()") == "sentinai"
    assert server.status().pid == number


def test_eight_processes_at_once_on_nothing_share_one_server(place: Path) -> None:
    home = place / "home"
    answers = [answer(process) for process in [client(home, "ensure") for _ in range(8)]]
    assert len({str(each["url"]) for each in answers}) == 1
    assert len({each["status"]["pid"] for each in answers}) == 1  # type: ignore[index]
    assert sum("making" in str(each["said"]) for each in answers) == 1


def test_starts_and_stops_at_once_take_turns(server: EmbeddedServer, place: Path) -> None:
    server.ensure()
    verbs = ["stop", "ensure", "stop", "ensure", "stop", "ensure"]
    answers = [answer(process) for process in [client(place / "home", verb) for verb in verbs]]
    assert [each for each in answers if "code" in each] == []
    assert ask(server.ensure(), "SELECT 1") == 1


def test_a_client_ends_without_a_warning_about_the_server_it_leaves(place: Path) -> None:
    script = "import pathlib, sys, tests.embedded.client as c; c.perform('ensure', pathlib.Path(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "error", "-c", script, place / "home"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": search_path()},
    )
    assert done.stderr == ""


def test_killing_a_client_leaves_the_server_to_the_next(server: EmbeddedServer, place: Path) -> None:
    holder = client(place / "home", "hold")
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holding\n"
    number = server.status().pid
    holder.kill()
    holder.communicate()
    assert ask(server.ensure(), "SELECT 1") == 1
    assert server.status().pid == number
    assert server.stop()


def test_killing_a_client_that_makes_the_data_leaves_nothing_in_the_way(new: EmbeddedServer, place: Path) -> None:
    home = place / "home"
    maker = client(home, "ensure")
    until(lambda: list(home.glob(".embedded-init-*/base")))
    maker.kill()
    maker.communicate()
    assert not (home / "data").exists()
    assert ask(new.ensure(), "SELECT 1") == 1
    assert list(home.glob(".embedded-init-*")) == []


def test_an_interrupt_at_the_terminal_does_not_reach_the_server(server: EmbeddedServer, place: Path) -> None:
    holder = client(place / "home", "hold")
    assert holder.stdout is not None
    holder.stdout.readline()
    holder.send_signal(signal.SIGINT)
    holder.communicate()
    assert server.status().running


def test_a_server_that_cannot_start_tells_the_last_words_of_its_log(server: EmbeddedServer, place: Path) -> None:
    server.ensure()
    server.stop()
    (place / "home" / "data" / "global" / "pg_control").unlink()
    with pytest.raises(Unavailable) as caught:
        server.ensure()
    assert caught.value.code == "embedded_start_failed"
    assert "pg_control" in str(caught.value.why)
    assert not server.status().running


def test_a_data_directory_that_is_none_is_left_alone(server: EmbeddedServer, place: Path) -> None:
    (place / "home" / "data" / "PG_VERSION").unlink()
    with pytest.raises(Unavailable) as caught:
        server.ensure()
    assert caught.value.code == "embedded_data_incomplete"
    assert (place / "home" / "data" / "base").is_dir()


def test_the_log_is_readable_and_a_large_one_is_put_aside(server: EmbeddedServer) -> None:
    server.ensure()
    assert "ready to accept connections" in server.log_path().read_text()
    server.stop()
    with server.log_path().open("ab") as log:
        log.truncate(9 * 1024 * 1024)
    server.ensure()
    assert server.log_path().stat().st_size < 100_000
    assert server.log_path().with_name("server.log.1").stat().st_size == 9 * 1024 * 1024


def test_a_failed_statement_is_not_written_to_the_log(shared: EmbeddedServer) -> None:
    with connect(shared.ensure()) as session, pytest.raises(psycopg.errors.UndefinedObject):
        session.execute("ALTER ROLE nobody_here PASSWORD 'moonlight'")
    log = shared.log_path().read_text()
    assert "nobody_here" in log
    assert "moonlight" not in log


def test_a_home_moved_under_a_running_server_is_not_taken_for_its_own(server: EmbeddedServer, place: Path) -> None:
    server.ensure()
    (place / "home").rename(place / "elsewhere")
    moved = EmbeddedServer(place / "elsewhere")
    with pytest.raises(Unavailable) as caught:
        moved.ensure()
    assert caught.value.code == "embedded_foreign_server"
    assert moved.stop()
    assert ask(moved.ensure(), "SELECT 1") == 1


def test_client_programs_come_from_the_same_postgresql(shared: EmbeddedServer) -> None:
    said = subprocess.run([shared.binary("psql"), "--version"], capture_output=True, text=True, check=True).stdout
    assert str(shared.status().version) in said


def test_nothing_is_kept_where_another_layout_would_look(shared: EmbeddedServer) -> None:
    layout = Layout.of(Path(shared.status().home))
    assert shared.status().data_directory == str(layout.data)
    assert {entry.name for entry in layout.home.iterdir()} == {
        "data",
        "lock",
        "pg_hba.conf",
        "pg_ident.conf",
        "run",
        "server.log",
    }
