"""A server without room for one more connection is asked again until the deadline, and used as soon as there is."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql

from sentinai_cli.models.database_url import DatabaseUrl
from tests.conftest import connect
from tests.faults.brittle import Brittle
from tests.faults.client import Client
from tests.faults.proxy import Proxy, proxy
from tests.faults.whole import until

pytestmark = pytest.mark.slow

LISTING = ["exceptions", "list", "-q", "-o", "json"]


@pytest.fixture
def full(brittle: Brittle, brittle_template: DatabaseUrl) -> Iterator[ExitStack]:
    """Every connection that the server has, taken; closing it gives them back."""
    with ExitStack() as taken:
        with pytest.raises(psycopg.OperationalError, match="too many clients"):
            while True:
                taken.enter_context(connect(brittle_template))
        yield taken


@pytest.fixture
def limited(brittle: Brittle, brittle_template: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """A login that may have one connection, and has it."""
    name = sql.Identifier("limited_login")
    with connect(brittle_template) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'correct-horse' CONNECTION LIMIT 1").format(name))
        url = replace(brittle_template, user="limited_login", password="correct-horse")
        with connect(url):
            yield url
        admin.execute(sql.SQL("DROP ROLE {}").format(name))


def test_a_server_that_stays_full_is_given_up_at_the_deadline(
    full: ExitStack, client: Client, brittle_template: DatabaseUrl
) -> None:
    with proxy(brittle_template) as way:
        ran = client.at(way.url(brittle_template)).given(SENTINAI_CONNECT_TIMEOUT="2")(*LISTING)
        assert way.calls > 2
    assert ran.code == 5
    assert ran.failure["code"] == "server_full"
    assert "too many clients" in ran.failure["why"]
    assert len(ran.err.splitlines()) == 1


def test_a_server_that_gets_room_in_time_is_used(
    full: ExitStack, client: Client, brittle_template: DatabaseUrl
) -> None:
    with proxy(brittle_template) as way, client.at(way.url(brittle_template)).started(*LISTING) as process:
        until(lambda: way.calls >= 2)
        full.close()
        ran = client.ended(process)
    assert ran.code == 0, ran.err


def test_a_login_that_has_all_its_connections_is_full_and_not_refused(client: Client, limited: DatabaseUrl) -> None:
    ran = client.at(limited).given(SENTINAI_CONNECT_TIMEOUT="1")(*LISTING)
    assert (ran.code, ran.failure["code"]) == (5, "server_full")
    assert "too many connections for role" in ran.failure["why"]


def test_a_way_that_hangs_up_at_first_is_tried_again(client: Client, url: DatabaseUrl, way: Proxy) -> None:
    way.hang_up(2)
    ran = client.at(way.url(url))(*LISTING)
    assert ran.code == 0, ran.err
    assert way.calls > 2
