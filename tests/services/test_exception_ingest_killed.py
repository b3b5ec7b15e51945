"""An ingest that was killed, wherever that was, and repeated leaves what one that nobody disturbed leaves."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from sentinai_cli.db.engine import Database
from sentinai_cli.db.repositories.copy_text import EXCEPTION
from sentinai_cli.models.database_url import DatabaseUrl
from tests.conftest import connect, context, fresh_database
from tests.services.ingest import as_lines, assert_whole, counts, make_tenant, take, trade
from tests.services.rows import Rows, seeded
from tests.services.test_seed_killed import wait_until_blocked

TOP = Path(__file__).parents[2]
COUNT, CHUNK = 60, 25
PATIENCE = 30.0
RECORDS = [trade(number) for number in range(1, COUNT + 1)]


@pytest.fixture(scope="module")
def undisturbed(server: DatabaseUrl, template: str) -> Rows:
    """The rows of an ingest to which nothing happens."""
    with fresh_database(server, template) as made:
        database = opened(made)
        assert counts(take(database, RECORDS)) == (COUNT, 0, 0, 0)
        database.close()
        return seeded(made)


def opened(url: DatabaseUrl) -> Database:
    database = Database(url, context=context("exceptions ingest"))
    make_tenant(database, "TENANT_A")
    return database


def insert(connection: psycopg.Connection, row: dict[str, object]) -> None:
    connection.execute(
        f"INSERT INTO exception ({EXCEPTION}) SELECT {EXCEPTION} FROM jsonb_populate_record(NULL::exception, %s)",
        [Jsonb(row)],
    )


def stored(admin: psycopg.Connection) -> int:
    row = admin.execute("SELECT count(*) FROM exception").fetchone()
    return int(row[0]) if row else 0


@pytest.mark.slow
@pytest.mark.parametrize(("number", "before"), [(1, 0), (40, 25), (60, 50)])
def test_killed_in_the_middle_of_a_transaction_and_repeated(
    url: DatabaseUrl, tmp_path: Path, undisturbed: Rows, number: int, before: int
) -> None:
    """Somebody else is about to insert the same id: the ingest waits for that, inside its chunk's transaction."""
    database = opened(url)
    file = tmp_path / "records.jsonl"
    file.write_bytes(as_lines(RECORDS))
    row = undisturbed["exception"][number - 1]
    assert row["exception_id"] == f"EX-{number:06d}"
    with connect(url) as admin, connect(url) as rival, rival.transaction(force_rollback=True):
        insert(rival, row)
        words = [sys.executable, "-m", "tests.services.ingest_victim", url.text, str(file), str(CHUNK)]
        with subprocess.Popen(words, cwd=TOP) as process:
            try:
                wait_until_blocked(admin, process)
            finally:
                process.kill()
            assert process.wait(PATIENCE) == -signal.SIGKILL
    with connect(url) as admin:
        assert stored(admin) == before
    assert counts(take(database, RECORDS)) == (COUNT - before, 0, before, 0)
    assert seeded(url) == undisturbed
    assert counts(take(database, RECORDS)) == (0, 0, COUNT, 0)
    assert seeded(url) == undisturbed
    assert_whole(database)
    database.close()


@pytest.mark.slow
def test_the_command_killed_while_it_reads_and_repeated(url: DatabaseUrl, tmp_path: Path) -> None:
    """A pipe that stays open: everything up to the last full chunk is there, and the file as a whole completes it."""
    opened(url).close()
    count = 2048 * 3
    lines = [as_lines([trade(number)]) for number in range(1, count + 1)]
    words = [sys.executable, "-c", "from sentinai_cli.cli.main import main; main()", "exceptions", "ingest", "-"]
    words += ["--format", "jsonl", "--tenant", "TENANT_A", "--rejects", str(tmp_path / "rejects")]
    environ = {"DATABASE_URL": url.text, "HOME": str(tmp_path), "SENTINAI_HOME": str(tmp_path / "home")}
    with (
        connect(url) as admin,
        subprocess.Popen(words, env=environ, cwd=tmp_path, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process,
    ):
        assert process.stdin is not None
        process.stdin.write(b"".join(lines[:-1]))
        process.stdin.flush()
        end = time.monotonic() + PATIENCE
        while not stored(admin):
            assert process.poll() is None, "it ended on its own"
            assert time.monotonic() < end, "it never wrote"
        process.kill()
        assert process.wait(PATIENCE) == -signal.SIGKILL
        before = stored(admin)
    assert before in {2048, 4096}
    database = Database(url, context=context("exceptions ingest"))
    assert counts(take(database, b"".join(lines))) == (count - before, 0, before, 0)
    assert_whole(database)
    database.close()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not say how much memory was used")
def test_a_line_of_a_hundred_megabytes_costs_no_memory(url: DatabaseUrl, tmp_path: Path) -> None:
    opened(url).close()
    program = (
        "import re, sys; from sentinai_cli.cli.run import run; code = run(sys.argv[1:]);"
        "print(*re.findall(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read()), file=sys.stderr); sys.exit(code)"
    )
    words = [sys.executable, "-c", program, "exceptions", "ingest", "-", "--format", "jsonl", "--tenant", "TENANT_A"]
    environ = {"DATABASE_URL": url.text, "HOME": str(tmp_path), "SENTINAI_HOME": str(tmp_path / "home")}
    piped = as_lines([trade(1)]) + b'{"a":"' + b"x" * 100_000_000 + b'"}\n' + as_lines([trade(2)])
    ran = subprocess.run(words, env=environ, cwd=tmp_path, input=piped, capture_output=True, check=False)
    assert ran.returncode == 8, ran.stderr
    assert b"1 of 3 records were rejected" in ran.stderr
    assert int(ran.stderr.splitlines()[-1]) < 200_000
