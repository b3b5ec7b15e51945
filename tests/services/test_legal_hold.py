"""What is under a legal hold is not erased: not by a service, not by the owner's own hand, not in a race."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, NotFound, Refused
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.legal_hold import LegalHold
from sentinai_cli.models.scope import AllTenants, Maintenance, TenantScope
from sentinai_cli.services.legal_hold import find_hold, list_holds, place_hold, release_hold
from sentinai_cli.services.seed_reset import reset_seeds
from tests.conftest import connect, context
from tests.db.records import EPOCH, record
from tests.db.test_event_log import ERASE, OWNER
from tests.services.conftest import ignore
from tests.services.rows import unchanged

ONE, TWO = "EX-000001", "EX-000002"
PATIENCE = 20.0


@pytest.fixture
def counsel(url: DatabaseUrl) -> Iterator[Database]:
    """The database in the hands of somebody who says why."""
    opened = Database(url, context=replace(context("retention hold"), reason="case 4711"))
    yield opened
    opened.close()


def hold(counsel: Database, exception_id: str | None = None, tenant_id: str = "A") -> LegalHold:
    return place_hold(counsel, tenant_id, exception_id, now=EPOCH).hold


def erase(database: Database, *names: str) -> int:
    with database.begin(Maintenance("test")) as work:
        return work.erasures.erase("A", names, reason="test", operation_id=uuid4()).exceptions


@pytest.mark.parametrize("held", [None, ONE])
def test_what_is_held_stays_and_what_is_not_goes(
    url: DatabaseUrl, database: Database, counsel: Database, store: Callable[..., int], held: str | None
) -> None:
    store(record("A", 1), record("A", 2), record("B", 1))
    hold(counsel, held)
    with unchanged(url), pytest.raises(Refused) as caught:
        erase(database, TWO, ONE)
    assert (caught.value.code, caught.value.fix) == ("legal_hold", "sentinai retention holds --tenant A")
    assert "case 4711" in str(caught.value.why)
    if held:
        assert erase(database, TWO) == 1


def test_the_hold_of_another_tenant_keeps_nothing(
    database: Database, counsel: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1), record("B", 1))
    hold(counsel, None, "B")
    assert erase(database, ONE) == 1


def test_what_is_released_goes_unless_another_hold_covers_it(
    database: Database, counsel: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    first, second = hold(counsel), hold(counsel, ONE)
    assert release_hold(counsel, first).released
    with pytest.raises(Refused):
        erase(database, ONE)
    ended = release_hold(counsel, second)
    assert (ended.released, ended.hold.released_by, ended.hold.release_reason) == (True, "tester", "case 4711")
    assert not release_hold(counsel, second).released
    assert erase(database, ONE) == 1
    assert list_holds(counsel, AllTenants(), released=False).items == ()
    assert [one.hold_id for one in list_holds(counsel, TenantScope("A"), released=True).items] == [
        first.hold_id,
        second.hold_id,
    ]


def test_the_same_hold_for_the_same_reason_is_placed_once(counsel: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    assert hold(counsel, ONE) == hold(counsel, ONE)
    assert len(list_holds(counsel, AllTenants(), released=True).items) == 1
    with counsel.begin(AllTenants()) as work:
        assert [entry.outcome for entry in work.operations.newest(2)] == ["unchanged", "done"]


def test_a_hold_needs_a_reason_a_tenant_and_an_exception(
    url: DatabaseUrl, database: Database, counsel: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    present = hold(counsel)
    with unchanged(url):
        with pytest.raises(InvalidInput, match="reason"):
            hold(database)
        with pytest.raises(InvalidInput, match="reason"):
            release_hold(database, present)
        with pytest.raises(NotFound):
            hold(counsel, None, "NOBODY")
        with pytest.raises(NotFound):
            hold(counsel, "EX-999999")
        with pytest.raises(NotFound):
            find_hold(counsel, str(uuid4()))
        with pytest.raises(InvalidInput):
            find_hold(counsel, "\x1b[31m")
    assert find_hold(counsel, str(present.hold_id)) == present


def _by_hand(url: DatabaseUrl, *statements: str) -> None:
    with connect(url) as connection, connection.transaction():
        for statement in statements:
            connection.execute(statement)


WAYS = {
    "owner": (OWNER, ERASE),
    "superuser": ("", ERASE),
    "replica": ("SET LOCAL session_replication_role = replica", ERASE),
    "repeatable read": ("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", OWNER, ERASE),
    "serializable": ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", ERASE),
}


def test_the_database_itself_refuses_to_record_the_erasure_of_what_is_held(
    url: DatabaseUrl, counsel: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    hold(counsel, ONE)
    for way in WAYS.values():
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            _by_hand(url, *(statement.format(operation=uuid4()) for statement in way))


CHANGES = (
    "DELETE FROM legal_hold",
    "TRUNCATE legal_hold",
    "UPDATE legal_hold SET reason = 'none'",
    "UPDATE legal_hold SET exception_id = 'other'",
    "UPDATE legal_hold SET exception_id = NULL, released_at = now(), released_by = 'x', release_reason = 'x'",
    "UPDATE legal_hold SET released_at = NULL, released_by = NULL, release_reason = NULL",
)


def test_a_hold_is_released_once_and_nothing_else_happens_to_it(
    url: DatabaseUrl, counsel: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    release_hold(counsel, hold(counsel))
    hold(counsel, ONE)
    with unchanged(url):
        for who in ("", OWNER):
            for statement in CHANGES:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    _by_hand(url, who, statement)


def test_nobody_can_date_a_hold_or_place_one_that_is_over(url: DatabaseUrl, store: Callable[..., int]) -> None:
    store(record("A", 1))
    _by_hand(
        url,
        "INSERT INTO legal_hold (tenant_id, hold_id, reason, placed_by, placed_at, released_at, released_by,"
        " release_reason) VALUES ('A', gen_random_uuid(), 'x', 'x', '2001-01-01', '2001-01-02', 'x', 'x')",
    )
    with connect(url) as admin:
        assert admin.execute("SELECT placed_at > '2026-01-01', released_at FROM legal_hold").fetchone() == (True, None)


def test_a_hold_waits_for_what_is_being_erased_and_holds_what_is_left(
    url: DatabaseUrl, database: Database, counsel: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1), record("A", 2))
    with ThreadPoolExecutor(1) as elsewhere:
        with database.begin(Maintenance("test")) as work:
            work.erasures.erase("A", [ONE], reason="test", operation_id=uuid4())
            placing = elsewhere.submit(hold, counsel)
            _wait_for_the_lock(url)
            assert not placing.done()
        placing.result(PATIENCE)
    with pytest.raises(Refused):
        erase(database, TWO)
    with connect(url) as admin:
        assert admin.execute("SELECT exception_id FROM exception").fetchall() == [(TWO,)]


def test_what_is_being_held_is_not_erased_meanwhile(
    url: DatabaseUrl, database: Database, counsel: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    with ThreadPoolExecutor(1) as elsewhere:
        with counsel.begin(TenantScope("A")) as work:
            work.legal_holds.place("A", uuid4(), exception_id=ONE, reason="x", by="x")
            erasing = elsewhere.submit(erase, database, ONE)
            _wait_for_the_lock(url)
            assert not erasing.done()
        with pytest.raises(Refused):
            erasing.result(PATIENCE)


def _wait_for_the_lock(url: DatabaseUrl) -> None:
    end = time.monotonic() + PATIENCE
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with connect(url) as admin:
        while admin.execute(waiting).fetchone() == (0,):
            assert time.monotonic() < end, "nobody came to wait"


@pytest.mark.parametrize("whole", [True, False])
def test_a_seed_reset_is_refused_before_it_begins(seeded_database: Database, whole: bool) -> None:
    tenant_id = "TENANT_FINANCE_001"
    with seeded_database.begin(TenantScope(tenant_id)) as work:
        row = work.connection.exec_driver_sql("SELECT max(exception_id) FROM exception").scalar_one()
        work.legal_holds.place(tenant_id, uuid4(), exception_id=None if whole else row, reason="x", by="x")
    with unchanged(seeded_database.url), pytest.raises(Refused) as caught:
        reset_seeds(seeded_database, tenant_id, advance=ignore)
    assert caught.value.code == "legal_hold"


def test_the_question_of_a_single_erasure_is_answered_by_an_index(
    url: DatabaseUrl, database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    with connect(url) as admin:
        admin.execute(
            "INSERT INTO legal_hold (tenant_id, hold_id, exception_id, reason, placed_by)"
            " SELECT 'A', gen_random_uuid(), 'EX-' || n, 'x', 'x' FROM generate_series(1, 3000) AS n"
        )
        admin.execute("ANALYZE legal_hold")
    with database.begin(TenantScope("A")) as work:
        plan = work.connection.exec_driver_sql(
            "EXPLAIN SELECT hold_id FROM legal_hold WHERE tenant_id = 'A'"
            " AND (exception_id IS NULL OR exception_id = 'EX-77') AND released_at IS NULL"
        )
        assert "ix_legal_hold_active" in "\n".join(plan.scalars())
