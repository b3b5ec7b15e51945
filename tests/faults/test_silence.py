"""A server that falls silent is given up in time; one that is only slow is waited for."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import pytest
from sqlalchemy import text

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Unavailable
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.services.tenant import list_tenants
from tests.conftest import connect, context
from tests.faults.client import Client
from tests.faults.proxy import Proxy, Way
from tests.faults.whole import assert_nothing_left
from tests.services.pooler import needs_pgbouncer, pooled

ANSWER, CONNECT = 0.3, 2.0
BOUND = 20.0
"""Seconds in which it must end: the deadlines, and what a busy machine adds."""


@contextmanager
def opened(url: DatabaseUrl) -> Iterator[Database]:
    database = Database(url, context=context(), connect_timeout=CONNECT, answer_timeout=ANSWER)
    yield database
    database.close()


def given_up(act: Callable[[], object]) -> None:
    def fail() -> None:
        with pytest.raises(Unavailable) as caught:
            act()
        assert caught.value.code == "connection_lost"
        assert caught.value.why == f"the server has not answered for {ANSWER:g} s"

    with ThreadPoolExecutor(1) as pool:
        pool.submit(fail).result(timeout=BOUND)


def query(database: Database, statement: str) -> object:
    with database.begin(AllTenants()) as work:
        return work.connection.execute(text(statement)).scalar_one()


@pytest.mark.parametrize(
    "newcomers",
    [pytest.param(True, marks=pytest.mark.slow, id="to everybody"), pytest.param(False, id="on this connection")],
)
def test_a_server_that_falls_silent_before_its_answer_is_given_up(
    newcomers: bool, way: Proxy, url: DatabaseUrl
) -> None:
    with opened(way.url(url)) as database:
        way.on(Way.SENT, b"SELECT 'asked'", lambda: way.hush(newcomers=newcomers))
        given_up(lambda: query(database, "SELECT 'asked'"))
        way.hear()
        assert list_tenants(database).items == ()


@pytest.mark.slow
def test_a_server_that_falls_silent_in_the_middle_of_what_it_sends_is_given_up(way: Proxy, url: DatabaseUrl) -> None:
    with opened(way.url(url)) as database:
        way.at(Way.RECEIVED, 1_000_000, lambda: way.hush(newcomers=False))
        given_up(lambda: query(database, "SELECT repeat('x', 30_000_000)"))


@pytest.mark.slow
def test_a_server_that_falls_silent_in_the_middle_of_a_copy_is_given_up(way: Proxy, url: DatabaseUrl) -> None:
    def load() -> None:
        with database.direct() as connection, connection.transaction():
            connection.execute("CREATE TABLE taken (line text)")
            with connection.cursor().copy("COPY taken FROM STDIN") as copy:
                for _ in range(100):
                    copy.write("x" * 1_000_000)

    with opened(way.url(url)) as database:
        way.at(Way.SENT, 1_000_000, lambda: way.hush(newcomers=False))
        given_up(load)
    with connect(url) as admin:
        assert admin.execute("SELECT to_regclass('taken')").fetchone() == (None,)


def test_a_server_that_takes_long_is_waited_for(way: Proxy, url: DatabaseUrl) -> None:
    with opened(way.url(url)) as database:
        assert query(database, f"SELECT 'slow' FROM pg_sleep({4 * ANSWER})") == "slow"


@pytest.mark.slow
def test_whoever_holds_a_lock_is_waited_for(way: Proxy, url: DatabaseUrl) -> None:
    with opened(way.url(url)) as database, connect(url) as admin, ThreadPoolExecutor(1) as pool:
        with admin.transaction():
            admin.execute("LOCK TABLE tenant")
            waiting = pool.submit(list_tenants, database)
            admin.execute("SELECT pg_sleep(%s)", [4 * ANSWER])
            assert not waiting.done()
        assert waiting.result(timeout=BOUND).items == ()


@pytest.mark.slow
@needs_pgbouncer
def test_behind_a_pooler_a_slow_server_is_waited_for(url: DatabaseUrl) -> None:
    with pooled(url, size=2) as address, opened(address) as database:
        assert query(database, f"SELECT 'slow' FROM pg_sleep({4 * ANSWER})") == "slow"


@pytest.mark.slow
@needs_pgbouncer
def test_a_pooler_that_is_frozen_is_given_up(url: DatabaseUrl) -> None:
    with pooled(url, size=2) as address, opened(address) as database:
        (pooler,) = [one for one in psutil.Process().children() if one.name() == "pgbouncer"]
        list_tenants(database)
        os.kill(pooler.pid, signal.SIGSTOP)
        try:
            given_up(lambda: list_tenants(database))
        finally:
            os.kill(pooler.pid, signal.SIGCONT)


@pytest.mark.slow
def test_a_backup_whose_server_falls_silent_is_given_up_and_leaves_no_file(
    client: Client, way: Proxy, url: DatabaseUrl
) -> None:
    impatient = client.at(way.url(url)).given(SENTINAI_ANSWER_TIMEOUT="1", SENTINAI_CONNECT_TIMEOUT="2")
    way.on(Way.SENT, b"COPY public.exception ", lambda: way.hush(newcomers=True))
    ran = impatient("db", "backup", "silent.dump", "-q", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (5, "connection_lost")
    assert len(ran.err.splitlines()) == 1
    assert [path.name for path in client.place.iterdir()] == ["tmp"]
    way.end()
    assert_nothing_left(client, url)
