"""`sentinai db backup|restore|reset|wait` as typed: what is asked, what is told, and which exit code."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.operator import Operator
from tests.conftest import connect, context, fresh_database
from tests.services.rows import everything, unchanged
from tests.services.test_backup import back_up, databases

KILLED = 143
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def archive(server: DatabaseUrl, seeded_template: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a seeded database."""
    file = tmp_path_factory.mktemp("backup") / "monday.dump"
    with fresh_database(server, seeded_template) as made, closing(Database(made, context=context())) as database:
        back_up(database, file)
    return file


def mark(operator: Operator, environment: str) -> None:
    assert operator("db", "environment", "set", environment).code == 0


def drop(url: DatabaseUrl, name: str) -> None:
    with connect(replace(url, database="postgres")) as admin:
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_a_backup_says_what_it_holds_and_is_journalled_with_its_digest(seeded: Operator, tmp_path: Path) -> None:
    ran = seeded("db", "backup", str(tmp_path / "monday.dump"), "--reason", "monday", "-o", "json")
    manifest = json.loads((tmp_path / "monday.dump.manifest.json").read_text())
    assert (ran.code, ran.document["digest"]) == (0, manifest["digest"])
    assert ran.err.startswith("target: development")
    entry = seeded.journal()[0]
    assert (entry["command"], entry["reason"]) == ("db backup", "monday")
    assert entry["after"]["digest"] == manifest["digest"]


def test_replacing_a_database_is_a_question(seeded: Operator, seeded_url: DatabaseUrl, archive: Path) -> None:
    with unchanged(seeded_url):
        alone = seeded("db", "restore", str(archive), "-o", "json")
        assert (alone.code, alone.failure["code"]) == (7, "not_confirmed")
        assert seeded("db", "restore", str(archive), answers="n\n").code == 7
    ran = seeded("db", "restore", str(archive), "--drop-old", answers="y\n")
    assert ran.code == 0, ran.err
    assert seeded("events", "verify", "--all-tenants").code == 0


def test_a_production_database_is_replaced_only_by_its_name(
    seeded: Operator, seeded_url: DatabaseUrl, archive: Path
) -> None:
    mark(seeded, "production")
    with unchanged(seeded_url):
        refused = seeded("db", "restore", str(archive), "--yes", "-o", "json")
        assert (refused.code, refused.failure["code"]) == (7, "not_confirmed")
        wrong = seeded("db", "restore", str(archive), "--confirm", "another", "-o", "json")
        assert (wrong.code, wrong.failure["code"]) == (7, "wrong_confirmation")
    ran = seeded("db", "restore", str(archive), "--confirm", str(seeded_url.database), "-o", "json")
    assert ran.code == 0, ran.err
    assert ran.document["environment"] == "production"
    assert "production" in seeded("db", "environment", "show").out
    drop(seeded_url, ran.document["kept_as"])


def test_a_restore_is_written_in_the_local_journal_too(seeded: Operator, archive: Path) -> None:
    ran = seeded("db", "restore", str(archive), "--yes", "--drop-old", "--reason", "drill", "-o", "json")
    assert ran.code == 0, ran.err
    lines = (Path(seeded.environ["SENTINAI_HOME"]) / "journal.jsonl").read_text().splitlines()
    entry = json.loads(lines[-1])
    assert (entry["command"], entry["reason"]) == ("db restore", "drill")
    assert entry["after"]["digest"] == ran.document["digest"]


def test_an_empty_target_is_filled_without_a_question(
    operator: Operator, empty_url: DatabaseUrl, archive: Path
) -> None:
    ran = operator.at(empty_url)("db", "restore", str(archive), "--no-input", "-o", "json")
    assert ran.code == 0, ran.err
    assert ran.document["kept_as"] is None


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ("db backup {taken}", 6, "file_exists"),
        ("db backup {place}/no/where", 2, "file_unwritable"),
        ("db restore {place}/nothing", 3, "backup_not_found"),
        ("db restore {taken}", 3, "backup_not_found"),
        ("db wait --timeout -1", 2, "invalid_number"),
        ("db wait --timeout soon", 2, "invalid_number"),
    ],
)
def test_what_cannot_be_used_is_one_error_with_its_code(
    words: str, code: int, told: str, seeded: Operator, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("precious")
    ran = seeded(*words.format(taken=taken, place=tmp_path).split(), "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (code, "", told)
    assert taken.read_text() == "precious"


@pytest.mark.parametrize("words", ["db backup {file}", "db restore {file} --yes", "db reset --confirm x", "db wait"])
def test_a_database_that_is_not_reachable_is_exit_5_without_a_password(
    words: str, operator: Operator, archive: Path, tmp_path: Path
) -> None:
    file = archive if "restore" in words else tmp_path / "new.dump"
    gone = operator.at(DatabaseUrl(host=str(tmp_path), port=5432, user="u", database="d", password="hushhush"))
    extra = ["--timeout", "0"] if words == "db wait" else []
    ran = gone(*words.format(file=file).split(), *extra, "-o", "json")
    assert ran.code == 5
    assert ran.failure["code"] == ("not_ready" if extra else "database_unavailable")
    assert "hushhush" not in ran.err


def test_waiting_for_a_database_that_answers_is_over_at_once(migrated: Operator) -> None:
    ran = migrated("db", "wait", "--timeout", "0", "-o", "json")
    assert ran.code == 0, ran.err
    assert ran.document["server_version"]


def test_waiting_goes_on_while_the_database_is_not_made_yet(
    operator: Operator, server: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made between two attempts."""
    later = replace(server, database="made_later")

    def make(_: float) -> None:
        with connect(server) as admin:
            admin.execute("CREATE DATABASE made_later")

    monkeypatch.setattr("sentinai_cli.services.wait.time.sleep", make)
    try:
        ran = operator.at(later)("db", "wait", "--timeout", "60")
        assert ran.code == 0, ran.err
        assert ran.err.count("waiting for") == 1
    finally:
        drop(server, "made_later")


def test_waiting_with_a_wrong_password_is_over_at_once(operator: Operator, server: DatabaseUrl) -> None:
    with connect(server) as admin:
        admin.execute("CREATE ROLE waiter LOGIN PASSWORD 'words'")
    try:
        ran = operator.at(replace(server, user="waiter", password="swordfish"))("db", "wait", "-o", "json")
        assert (ran.code, ran.failure["code"]) == (7, "login_refused")
        assert "swordfish" not in ran.err
    finally:
        with connect(server) as admin:
            admin.execute("DROP ROLE waiter")


def test_a_reset_needs_the_databases_name_and_leaves_an_empty_schema_with_the_same_mark(
    seeded: Operator, seeded_url: DatabaseUrl
) -> None:
    mark(seeded, "staging")
    with unchanged(seeded_url):
        assert seeded("db", "reset").code == 7
        assert seeded("db", "reset", answers="wrong\n").code == 7
    with connect(seeded_url) as admin:
        admin.execute("CREATE SCHEMA theirs; CREATE TABLE theirs.own AS SELECT 1 AS id")
    ran = seeded("db", "reset", "--confirm", str(seeded_url.database), "--reason", "anew", "-o", "json")
    assert ran.code == 0, ran.err
    assert ran.document["environment"] == "staging"
    rows = everything(seeded_url)
    assert [rows[table] for table in ("tenant", "exception", "exception_event")] == [[], [], []]
    with connect(seeded_url) as admin:
        assert admin.execute("SELECT id FROM theirs.own").fetchall() == [(1,)]
    assert [entry["command"] for entry in seeded.journal()] == ["db reset"]
    home = Path(seeded.environ["SENTINAI_HOME"])
    assert json.loads((home / "journal.jsonl").read_text().splitlines()[-1])["reason"] == "anew"


def test_production_is_not_reset_whatever_is_confirmed(seeded: Operator, seeded_url: DatabaseUrl) -> None:
    mark(seeded, "production")
    with unchanged(seeded_url):
        ran = seeded("db", "reset", "--confirm", str(seeded_url.database), "-o", "json")
    assert (ran.code, ran.failure["code"]) == (7, "production_protected")


@pytest.mark.parametrize(
    ("statement", "code", "named"),
    [
        ("CREATE SCHEMA theirs; CREATE VIEW theirs.report AS TABLE public.tenant", "others_depend", "theirs.report"),
        ("CREATE TABLE stranger (id int)", "others_beside", "stranger"),
    ],
)
def test_what_others_made_on_or_beside_our_tables_keeps_them_from_being_reset(
    statement: str, code: str, named: str, seeded: Operator, seeded_url: DatabaseUrl
) -> None:
    with connect(seeded_url) as admin:
        admin.execute(statement)
    with unchanged(seeded_url):
        ran = seeded("db", "reset", "--confirm", str(seeded_url.database), "-o", "json")
    assert (ran.code, ran.failure["code"]) == (6, code)
    assert named in ran.failure["why"]


def test_an_empty_database_is_reset_to_the_schema(empty: Operator, empty_url: DatabaseUrl) -> None:
    ran = empty("db", "reset", "--confirm", str(empty_url.database), "-o", "json")
    assert ran.code == 0, ran.err
    assert (ran.document["before"], ran.document["tables_dropped"]) == (None, 0)


def _pid_in(path: Path, running: "subprocess.Popen[str]") -> int:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert running.poll() is None, running.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return int(path.read_text())


@pytest.mark.parametrize("how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_an_interrupted_restore_leaves_the_target_as_it_was_and_no_half_made_database(
    how: signal.Signals, seeded: Operator, seeded_url: DatabaseUrl, archive: Path, tmp_path: Path
) -> None:
    """The restore is caught in pg_restore, which here stands still until it is told to end."""
    programs, started = tmp_path / "bin", tmp_path / "started"
    programs.mkdir()
    fake = programs / "pg_restore"
    fake.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo "pg_restore (PostgreSQL) 99.1" && exit\n'
        f'echo $$ > "{started}.part"; mv "{started}.part" "{started}"\nexec sleep 600\n'
    )
    fake.chmod(0o755)
    there = databases(seeded_url)
    environ = {
        **os.environ,
        "SENTINAI_DATABASE_URL": seeded_url.text,
        "SENTINAI_PG_BIN": str(programs),
        "SENTINAI_HOME": str(tmp_path / "home"),
    }
    program = "from sentinai_cli.cli.main import main; main()"
    command = [sys.executable, "-c", program, "db", "restore", str(archive), "--yes"]
    with unchanged(seeded_url):
        running = subprocess.Popen(command, env=environ, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        child = _pid_in(started, running)
        assert len(databases(seeded_url) - there) == 1
        running.send_signal(how)
        _, said = running.communicate(timeout=60)
    assert running.returncode == (KILLED if how is signal.SIGTERM else 130), said
    assert databases(seeded_url) == there
    assert not Path(f"/proc/{child}").exists()
