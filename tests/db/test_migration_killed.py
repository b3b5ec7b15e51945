"""Whatever cuts a migration off, the schema is at a revision, nothing goes on behind it, and the next run ends well."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from sentinai_cli.cli.exit_codes import ExitCode
from sentinai_cli.db import migration_script
from sentinai_cli.db.migration_index import invalid_indexes
from sentinai_cli.db.migration_state import schema_state
from sentinai_cli.models.database import SchemaState
from sentinai_cli.models.database_url import DatabaseUrl
from tests.conftest import connect, fresh_database
from tests.db.catalogue import snapshot
from tests.db.revision import Revisions

KILLS = int(os.environ.get("KILLS", "5"))
"""How many times a run is killed; KILLS=20 is the long form."""
OURS = "SELECT FROM pg_stat_activity WHERE application_name LIKE 'sentinai/%' AND datname = current_database()"


@pytest.fixture
def revisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Revisions:
    made = Revisions(tmp_path / "migrations")
    monkeypatch.setattr(migration_script, "bundled", lambda _: made.place)
    return made


@contextmanager
def running(url: DatabaseUrl, revisions: Revisions) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that migrates."""
    environ = {"PATH": os.defpath, "SENTINAI_DATABASE_URL": url.text, "MIGRATIONS": str(revisions.place)}
    environ["SENTINAI_HOME"] = str(revisions.place.parent / "home")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.db.migration_program", "migrate"],
        env=environ,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def until(admin: psycopg.Connection, question: str, *, wanted: Callable[[int], bool], seconds: float = 30) -> None:
    """Ask the server again and again until the number it gives is wanted."""
    for _ in range(int(seconds * 100)):
        row = admin.execute(f"SELECT (SELECT count(*) FROM ({question}) AS found), pg_sleep(0.01)".encode()).fetchone()
        if row is not None and wanted(row[0]):
            return
    raise AssertionError(f"not within {seconds} s: {question}")


def until_gone(admin: psycopg.Connection) -> None:
    """Until the server has seen that its client is gone."""
    until(admin, OURS, wanted=lambda found: found == 0)


SLEEP = "op.execute('SELECT pg_sleep(600)')"
SLEEPING = "SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%' AND state = 'active'"
KINDS = {
    "in its transaction": f"op.execute('CREATE TABLE half (id int)')\n{SLEEP}",
    "outside one": f"with op.get_context().autocommit_block():\n    {SLEEP}",
}
"""Outside, as an index is built CONCURRENTLY, which takes long, Alembic commits behind it whatever happens."""


@pytest.mark.parametrize("statement", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize(("number", "code", "said"), [(signal.SIGINT, 130, b"interrupted"), (signal.SIGTERM, 143, b"")])
def test_a_signal_ends_the_statement_on_the_server_and_leaves_the_revision_before(
    number: signal.Signals, code: int, said: bytes, statement: str, url: DatabaseUrl, revisions: Revisions
) -> None:
    before = revisions.head
    revisions.add(statement)
    with connect(url) as admin, running(url, revisions) as process:
        until(admin, SLEEPING, wanted=lambda found: found == 1)
        process.send_signal(number)
        _, err = process.communicate(timeout=30)
        assert process.returncode == code
        assert said in err
        assert b"Traceback" not in err
        assert b"unexpected" not in err
        until_gone(admin)
        assert schema_state(admin) == (SchemaState.BEHIND, before)
        assert admin.execute("SELECT to_regclass('half')").fetchone() == (None,)


@pytest.mark.parametrize("statement", KINDS.values(), ids=KINDS)
def test_a_server_process_that_ends_is_told_as_the_connection_that_it_was(
    statement: str, url: DatabaseUrl, revisions: Revisions
) -> None:
    before = revisions.head
    revisions.add(statement)
    with connect(url) as admin, running(url, revisions) as process:
        until(admin, SLEEPING, wanted=lambda found: found == 1)
        admin.execute(SLEEPING.replace("SELECT FROM", "SELECT pg_terminate_backend(pid) FROM", 1).encode())
        _, err = process.communicate(timeout=30)
        assert (process.returncode, b"unexpected" in err) == (ExitCode.UNAVAILABLE, False), err
        until_gone(admin)
        assert schema_state(admin) == (SchemaState.BEHIND, before)


@pytest.mark.slow
@pytest.mark.parametrize("kill", range(KILLS))
def test_killed_at_a_random_moment_and_run_again_it_comes_to_head_with_no_leftover(
    kill: int, server: DatabaseUrl, empty_url: DatabaseUrl, revisions: Revisions, tmp_path: Path
) -> None:
    index = {"index": {"ix_test_owner": ""}}
    revisions.add("build_index('ix_test_owner', 'ON exception (tenant_id, owner)')", catalogue=index)
    for _ in range(4):
        revisions.add("op.execute('SELECT pg_sleep(0.1)')")
    revisions.add("op.execute('ALTER TABLE exception ADD COLUMN note text')\nop.execute('SELECT pg_sleep(0.1)')")
    moment = random.Random(kill).uniform(0, 1.2)
    with connect(empty_url) as admin:
        with running(empty_url, revisions) as process:
            until(
                admin,
                OURS,
                wanted=lambda found: found > 0,
            )
            admin.execute("SELECT pg_sleep(%s)", [moment])
            process.kill()
        until_gone(admin)
        state, revision = schema_state(admin)
        assert state in (SchemaState.EMPTY, SchemaState.BEHIND, SchemaState.UP_TO_DATE)
        assert revision is None or revision in migration_script.revisions()
        with running(empty_url, revisions) as process:
            _, err = process.communicate(timeout=60)
            assert process.returncode == 0, err
        assert schema_state(admin) == (SchemaState.UP_TO_DATE, revisions.head)
        assert invalid_indexes(admin) == []
        until_gone(admin)
        assert admin.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() == (0,)
        assert snapshot(admin) == undisturbed(server, revisions)


def undisturbed(server: DatabaseUrl, revisions: Revisions) -> list[str]:
    """The catalogue that a run comes to which nobody kills."""
    with fresh_database(server, "template1") as made, connect(made) as admin:
        with running(made, revisions) as process:
            process.communicate(timeout=60)
        return snapshot(admin)
