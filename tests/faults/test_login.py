"""A server that does not let us in, or lets us do nothing, is told in one message with its own code."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from uuid import uuid4

import pytest
from psycopg import sql

from sentinai_cli.db.embedded.layout import Layout
from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.operator import Ran
from tests.conftest import connect
from tests.faults.brittle import Brittle
from tests.faults.client import Client
from tests.faults.proxy import proxy
from tests.faults.standby import give_log, standby_of
from tests.faults.whole import until

pytestmark = pytest.mark.slow

PASSWORD = "correct-horse-battery"
LISTING = ["exceptions", "list", "-q", "-o", "json"]


def told(ran: Ran) -> tuple[int, str]:
    """Exit code and error code of a run that said nothing else."""
    assert (ran.out, len(ran.err.splitlines())) == ("", 1), ran.err
    return ran.code, ran.failure["code"]


@pytest.fixture
def login(url: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """A login with a password that the server really asks for, and with no rights."""
    name = f"login_{uuid4().hex[:12]}"
    with connect(url) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), PASSWORD))
        yield replace(url, user=name, password=PASSWORD)
        admin.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(name)))
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


@pytest.mark.parametrize(
    "words",
    [
        ["tenants", "list"],
        ["exceptions", "list"],
        ["events", "verify", "--all-tenants"],
        ["tenants", "create", "T", "--domain", "Finance"],
        ["seed", "--tenant", "TENANT_FINANCE_001"],
        ["events", "seal", "--all-tenants"],
    ],
    ids=" ".join,
)
def test_a_login_without_our_roles_is_refused(words: list[str], client: Client, login: DatabaseUrl) -> None:
    assert told(client.at(login)(*words, "-q", "-o", "json")) == (7, "not_permitted")


def test_a_wrong_password_is_refused_at_once(client: Client, login: DatabaseUrl) -> None:
    with proxy(login) as way:
        wrong = way.url(replace(login, password=f"not-{PASSWORD}"))
        assert told(client.at(wrong)(*LISTING)) == (7, "login_refused")
        assert way.calls == 1


def test_a_login_that_may_not_enter_the_database_is_refused_at_once(client: Client, login: DatabaseUrl) -> None:
    with connect(client.url) as admin:
        name = sql.Identifier(str(login.database))
        admin.execute(sql.SQL("REVOKE CONNECT ON DATABASE {} FROM PUBLIC").format(name))
    with proxy(login) as way:
        assert told(client.at(way.url(login))(*LISTING)) == (7, "login_refused")
        assert way.calls == 1


def test_a_database_that_is_not_there_is_named_at_once(client: Client, url: DatabaseUrl) -> None:
    with proxy(url) as way:
        assert told(client.at(way.url(replace(url, database="nowhere")))(*LISTING)) == (3, "database_not_found")
        assert way.calls == 1


def test_a_server_that_is_starting_is_given_up_at_the_deadline_and_used_once_it_has_started(
    brittle: Brittle, brittle_template: DatabaseUrl, client: Client
) -> None:
    """A standby that waits for the end of its backup says 57P03, as every server does that is starting."""
    with standby_of(brittle, complete=False) as made, ThreadPoolExecutor(1) as beside:
        url = replace(brittle_template, host=str(Layout.of(made.home).socket_directory))
        starting = beside.submit(made.start)
        until(Layout.of(made.home).socket.exists)
        with proxy(url) as way:
            somebody = client.at(way.url(url))
            ran = somebody.given(SENTINAI_CONNECT_TIMEOUT="1")(*LISTING)
            assert told(ran) == (5, "database_unavailable")
            assert "not yet accepting connections" in ran.failure["why"] or "starting up" in ran.failure["why"]
            calls = way.calls
            assert calls > 1
            with somebody.given(SENTINAI_CONNECT_TIMEOUT="30").started(*LISTING) as process:
                until(lambda: way.calls > calls + 1)
                give_log(brittle, made)
                assert somebody.ended(process).code == 0
        starting.result(timeout=60)
