"""A run that was killed, wherever that was, and repeated ends as one that nobody disturbed."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.models.seed import SeedRunResult
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.seed import seed
from tests.conftest import connect, context, fresh_database, quiet
from tests.services.conftest import AS_OF, ignore, request
from tests.services.rows import Rows, seeded

TOP = Path(__file__).parents[2]
FINANCE = "TENANT_FINANCE_001"
COUNT, CHUNK = 60, 25
PATIENCE = 30.0


@pytest.fixture(scope="module")
def undisturbed(server: DatabaseUrl, template: str) -> Iterator[tuple[SeedRunResult, Rows]]:
    """The run as it is when nothing happens."""
    with fresh_database(server, template) as made:
        yield whole_run(made), seeded(made)


def whole_run(url: DatabaseUrl) -> SeedRunResult:
    database = Database(url, context=context("seed"))
    chosen = request(FINANCE, count=COUNT, as_of=AS_OF)
    (result,) = seed(database, chosen, embedded=True, now=AS_OF, say=quiet, advance=ignore).items
    assert verify_events(database, AllTenants(), advance=ignore).broken == 0
    database.close()
    return result


@contextmanager
def victim(url: DatabaseUrl, where: str = "never", times: int = 0) -> Iterator[subprocess.Popen[bytes]]:
    words = [url.text, str(COUNT), str(CHUNK), where, str(times)]
    with subprocess.Popen([sys.executable, "-m", "tests.services.victim", *words], cwd=TOP) as process:
        try:
            yield process
        finally:
            process.kill()


def written(url: DatabaseUrl) -> int:
    with connect(url) as admin:
        row = admin.execute("SELECT coalesce(sum(records), 0) FROM seed_chunk").fetchone()
        rows = admin.execute("SELECT count(*) FROM exception").fetchone()
    assert row == rows
    return int(row[0]) if row else 0


def wait_until_blocked(admin: psycopg.Connection, process: subprocess.Popen[bytes]) -> None:
    """Until the process waits for a lock in this database."""
    end = time.monotonic() + PATIENCE
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        " AND (query LIKE '%INSERT INTO exception%' OR query LIKE 'COPY exception%')"
    )
    while admin.execute(waiting).fetchone() == (0,):
        assert process.poll() is None, "it ended on its own"
        assert time.monotonic() < end, "it never came to wait"


def insert_without_checks(connection: psycopg.Connection, row: dict[str, object]) -> None:
    """Insert the row, whether or not its tenant exists."""
    names = sql.SQL(", ").join([sql.Identifier(name) for name in row if not name.endswith("_rank")])
    connection.execute("SET LOCAL session_replication_role = replica")
    connection.execute(
        sql.SQL(
            "INSERT INTO exception ({names}) SELECT {names} FROM jsonb_populate_record(NULL::exception, %s)"
        ).format(names=names),
        [Jsonb(row)],
    )


def assert_whole(url: DatabaseUrl, before: int, undisturbed: tuple[SeedRunResult, Rows]) -> None:
    """Repeat the run and compare everything with the undisturbed one."""
    result, rows = undisturbed
    again = whole_run(url)
    assert (again.inserted, again.existing, again.digest) == (COUNT - before, before, result.digest)
    assert seeded(url) == rows
    assert written(url) == COUNT
    assert whole_run(url).inserted == 0


@pytest.mark.parametrize("times", [1, 2, 3, 5])
def test_killed_while_an_empty_database_is_made_ready(
    empty_url: DatabaseUrl, undisturbed: tuple[SeedRunResult, Rows], times: int
) -> None:
    with victim(empty_url, "say", times) as process:
        assert process.wait(PATIENCE) == -signal.SIGKILL
    assert_whole(empty_url, 0, undisturbed)


@pytest.mark.parametrize(("times", "before"), [(1, 25), (2, 50), (3, 60)])
def test_killed_between_two_chunks_or_before_the_end_is_noted(
    url: DatabaseUrl, undisturbed: tuple[SeedRunResult, Rows], times: int, before: int
) -> None:
    with victim(url, "advance", times) as process:
        assert process.wait(PATIENCE) == -signal.SIGKILL
    assert written(url) == before
    assert_whole(url, before, undisturbed)


@pytest.mark.parametrize(("number", "before"), [(1, 0), (26, 25), (40, 25), (60, 50)])
def test_killed_in_the_middle_of_a_transaction(
    url: DatabaseUrl, undisturbed: tuple[SeedRunResult, Rows], number: int, before: int
) -> None:
    """Somebody else is about to insert the same id: the run waits for the outcome, inside its chunk's transaction."""
    exception_id = f"{undisturbed[0].prefix}-{number:06d}"
    row = next(row for row in undisturbed[1]["exception"] if row["exception_id"] == exception_id)
    with connect(url) as admin, connect(url) as rival, rival.transaction(force_rollback=True):
        insert_without_checks(rival, row)
        with victim(url) as process:
            wait_until_blocked(admin, process)
            process.kill()
            assert process.wait(PATIENCE) == -signal.SIGKILL
    assert_whole(url, before, undisturbed)
