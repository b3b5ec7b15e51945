"""Behind a lock that somebody holds, every command ends by itself and says so."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import sql

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE
from tests.commands.operator import Ran
from tests.conftest import connect
from tests.faults.client import Client
from tests.faults.whole import assert_whole, digest, until

pytestmark = pytest.mark.slow

LOCKED_OUT = [
    ["exceptions", "list"],
    ["exceptions", "assign", "{0}", "--to", "ada", "--tenant", FINANCE],
    ["events", "append", "{0}", "--type", "CommentAdded", "--payload", '{{"text": "later"}}', "--tenant", FINANCE],
    ["seed", "--tenant", FINANCE, "--seed", "9"],
    ["seed", "reset", "--tenant", FINANCE, "--confirm", FINANCE],
]
BOUND = 60.0


@pytest.fixture
def seeded(client: Client) -> Client:
    ran = client("seed", "--tenant", FINANCE, "--as-of", AS_OF, "--count", "60", "-q")
    assert ran.code == 0, ran.err
    return client


@pytest.fixture
def names(seeded: Client, url: DatabaseUrl) -> list[str]:
    """Exceptions that are open, in the order in which work takes them."""
    with connect(url) as admin:
        return [row[0] for row in admin.execute("SELECT exception_id FROM exception WHERE status = 'open' ORDER BY 1")]


def test_with_the_table_locked_every_command_gives_up_and_changes_nothing(
    seeded: Client, url: DatabaseUrl, names: list[str]
) -> None:
    before = digest(url)
    with connect(url) as admin, ThreadPoolExecutor(len(LOCKED_OUT)) as pool, admin.transaction():
        admin.execute("LOCK TABLE exception IN ACCESS EXCLUSIVE MODE")
        running = {
            " ".join(words): pool.submit(
                seeded, *(word.format(names[0]) for word in words), "-q", "-o", "json", patience=BOUND
            )
            for words in LOCKED_OUT
        }
        told = {words: run.result() for words, run in running.items()}
    assert {words: _code(ran) for words, ran in told.items()} == dict.fromkeys(told, (6, "locked"))
    assert digest(url) | {"seed_run": None} == before | {"seed_run": None}  # that a run has begun is known before
    assert_whole(seeded, url)


def test_of_two_that_wait_for_each_other_the_one_that_is_stopped_changed_nothing(
    seeded: Client, url: DatabaseUrl, names: list[str]
) -> None:
    first, second = names[:2]
    before = digest(url)
    with connect(url) as admin, admin.transaction(force_rollback=True):
        admin.execute("SET LOCAL deadlock_timeout = '1h'")  # the other one is to find out
        _hold(admin, second)
        words = ["exceptions", "assign", first, second, "--to", "ada", "--tenant", FINANCE, "-q", "-o", "json"]
        with seeded.started(*words) as process:
            until(lambda: _waits(url))
            _hold(admin, first)
            ran = seeded.ended(process)
    assert _code(ran) == (6, "locked")
    assert ran.failure["why"] == "deadlock detected"
    assert digest(url) == before
    assert_whole(seeded, url)


def test_a_row_that_changed_under_a_stricter_isolation_is_a_conflict(
    seeded: Client, url: DatabaseUrl, names: list[str]
) -> None:
    setting = sql.SQL("ALTER DATABASE {} SET default_transaction_isolation = 'repeatable read'")
    resetting = sql.SQL("ALTER DATABASE {} RESET default_transaction_isolation")
    with connect(url) as admin:
        admin.execute(setting.format(sql.Identifier(str(url.database))))
        with admin.transaction():
            _hold(admin, names[0])
            admin.execute("UPDATE exception SET updated_at = updated_at WHERE exception_id = %s", [names[0]])
            words = ["exceptions", "assign", names[0], "--to", "ada", "--tenant", FINANCE]
            with seeded.started(*words, "-q", "-o", "json") as process:
                until(lambda: _waits(url))
                admin.execute("COMMIT; BEGIN")
                ran = seeded.ended(process)
        admin.execute(resetting.format(sql.Identifier(str(url.database))))
    assert _code(ran) == (6, "locked")
    assert "concurrent update" in ran.failure["why"]
    assert seeded(*words, "-q").code == 0
    assert_whole(seeded, url)


def _code(ran: Ran) -> tuple[int, str]:
    return ran.code, ran.failure["code"] if ran.code else ""


def _hold(admin: psycopg.Connection, name: str) -> None:
    admin.execute("SELECT FROM exception WHERE exception_id = %s FOR UPDATE", [name])


def _waits(url: DatabaseUrl) -> bool:
    with connect(url) as other:
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return other.execute(waiting).fetchone() != (0,)
