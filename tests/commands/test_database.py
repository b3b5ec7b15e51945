"""`sentinai db`: the life of an embedded server of the test's own, and the address of any."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.operator import Operator
from tests.conftest import connect
from tests.place import new_place

SECRET = "hunter2secret"
SENTINAI = [sys.executable, "-c", "from sentinai_cli.cli.main import main; main()"]
URL = f"postgresql://ops:{SECRET}@db.example:5433/app?sslmode=require&sslpassword={SECRET}2"


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """The home of a server that is started and stopped as commands say."""
    with new_place() as place:
        yield place / "home"


@pytest.fixture
def owner(operator: Operator, home: Path) -> Operator:
    """Somebody whose embedded server lives in `home`."""
    return operator.given(SENTINAI_HOME=str(home))


def test_a_server_is_started_and_stopped_and_both_may_be_repeated(owner: Operator) -> None:
    started = owner("db", "start", "-o", "json")
    assert (started.code, started.document["running"]) == (0, True)
    for words in (["db", "start"], ["db", "status"]):
        assert owner(*words, "-o", "json").document["pid"] == started.document["pid"]
    assert "running" in owner("db", "status", terminal=True).out
    stopped = owner("db", "stop", "-o", "json")
    assert (stopped.code, stopped.err, stopped.document["running"]) == (0, "", False)
    again = owner("db", "stop", "-o", "json")
    assert (again.code, again.document["running"]) == (0, False)
    assert "the embedded server was not running" in again.err
    assert "not running" in owner("db", "status", terminal=True).out


def test_asking_for_the_state_or_the_log_starts_nothing(operator: Operator) -> None:
    place = Path(operator.environ["SENTINAI_HOME"])
    assert operator("db", "status", "-o", "json").document["running"] is False
    ran = operator("db", "logs", "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (3, "", "no_server_log")
    assert ran.failure["fix"] == "sentinai db start"
    assert operator("db", "stop").code == 0
    assert not place.exists()


def test_a_command_that_needs_the_server_starts_it(owner: Operator) -> None:
    owner("db", "stop")
    assert owner("migrate").code == 0
    assert owner("db", "status", "-o", "json").document["running"] is True
    assert owner("status", "-o", "json").document["target"]["embedded"] is True


def test_the_log_is_shown_in_as_many_lines_as_asked_for(owner: Operator) -> None:
    owner("db", "start")
    ran = owner("db", "logs", "-n", "2")
    assert (ran.code, ran.err, len(ran.out.splitlines())) == (0, "", 2)
    assert "database system" in owner("db", "logs").out
    for lines in ("0", "-1", "x"):
        assert owner("db", "logs", "--lines", lines).code == 2


def test_the_address_of_the_embedded_server_is_a_line_that_other_clients_understand(owner: Operator) -> None:
    ran = owner("db", "url")
    assert (ran.code, len(ran.out.splitlines())) == (0, 1)
    assert owner("db", "url", "--reveal").out == ran.out
    by_url = owner.given(SENTINAI_DATABASE_URL=ran.out.strip())("status", "-o", "json")
    assert (by_url.code, by_url.document["target"]["embedded"]) == (0, False)


def test_an_address_is_printed_without_its_password_unless_it_is_asked_for(operator: Operator) -> None:
    somebody = operator.given(DATABASE_URL=URL)
    ran = somebody("db", "url")
    assert (ran.code, ran.out) == (0, "postgresql://ops@db.example:5433/app\n")
    assert "--reveal prints the whole URL" in ran.err
    for mode in (["-o", "json"], ["-o", "table"], ["-o", "csv"], ["--debug"], ["--fields", "url"]):
        masked = somebody("db", "url", *mode)
        assert masked.code == 0
        assert SECRET not in masked.out + masked.err
    revealed = somebody("db", "url", "--reveal")
    assert (revealed.code, revealed.err) == (0, "")
    assert SECRET in revealed.out
    assert somebody("db", "url", "--reveal", "-o", "json").document["url"] == revealed.out.strip()


def _shell(home: Path, script: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*SENTINAI, "db", "shell"],
        input=script,
        env={"PATH": os.environ["PATH"], "SENTINAI_HOME": str(home), **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_shell_runs_a_script_on_the_embedded_server(owner: Operator, home: Path) -> None:
    owner("migrate")
    ran = _shell(home, "\\pset format unaligned\n\\t on\nSELECT 'no. ' || 6 * 7;\n", PGHOST="nowhere", PGUSER="nobody")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-1] == "no. 42"
    failed = _shell(home, "\\set ON_ERROR_STOP 1\nSELECT nonsense;\n")
    assert failed.returncode == 3
    assert "nonsense" in failed.stderr


@pytest.fixture
def login(url: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """A login with a password and no right to anything."""
    with connect(url) as admin:
        admin.execute(f"CREATE ROLE ops LOGIN PASSWORD '{SECRET}'")
        yield replace(url, user="ops", password=SECRET)
        admin.execute("DROP ROLE ops")


def test_the_shell_hands_the_password_over_where_no_process_list_shows_it(
    home: Path, login: DatabaseUrl, tmp_path: Path
) -> None:
    psql = tmp_path / "psql"
    psql.write_text('#!/bin/sh\necho "$@"\necho "$PGPASSWORD"\n')
    psql.chmod(0o755)
    ran = _shell(home, "", DATABASE_URL=login.text, PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert ran.returncode == 0
    assert "not in the operator journal" in ran.stderr
    arguments, password = ran.stdout.splitlines()
    assert arguments == login.shown
    assert password == SECRET


def test_a_shell_on_a_server_that_is_not_there_is_not_opened(home: Path) -> None:
    ran = _shell(home, "", DATABASE_URL=f"postgresql://ops:{SECRET}@127.0.0.1:1/app")
    assert (ran.returncode, ran.stdout) == (5, "")
    assert SECRET not in ran.stderr


def test_without_psql_the_shell_says_what_is_missing(operator: Operator, tmp_path: Path) -> None:
    operator.monkeypatch.setenv("PATH", str(tmp_path))
    ran = operator.given(DATABASE_URL=URL)("db", "shell", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (3, "psql_not_found")
    assert SECRET not in ran.err
