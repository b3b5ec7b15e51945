"""What goes wrong between us and a server is one expected failure, in time, and never with a password in it."""

import socket
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from psycopg import sql
from sqlalchemy import text

from sentinai_cli.db import engine
from sentinai_cli.db.engine import Database
from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, NotFound, Refused, SentinaiError, Unavailable
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.exception import ExceptionFilter
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.seed import SeedRun, SeedRunState
from sentinai_cli.services.exception import list_exceptions
from sentinai_cli.services.status import database_status
from sentinai_cli.services.tenant import list_tenants
from tests.conftest import connect, context
from tests.db.records import EPOCH, record, stored

SECRET = "correct-horse-battery"


def opened(url: DatabaseUrl, **options: float) -> Database:
    return Database(url, context=context(), **options)  # type: ignore[arg-type]


def remote(port: int) -> DatabaseUrl:
    return DatabaseUrl.parse(f"postgresql://me:{SECRET}@127.0.0.1:{port}/work", source="test")


def failure(act: Callable[[], object]) -> SentinaiError:
    """The expected failure that it ends with; nothing it says, even with its traceback, gives the password away."""
    with pytest.raises(SentinaiError) as caught:
        act()
    error = caught.value
    told = [error.code, error.what, error.why, error.fix, repr(error), *traceback.format_exception(error)]
    assert SECRET not in "\n".join(str(line) for line in told)
    return error


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that is taken and refuses."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield int(taken.getsockname()[1])


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """A port where the connection is accepted and nobody ever answers."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


@pytest.fixture
def login(database: Database) -> Iterator[DatabaseUrl]:
    """A login with a password that the server really asks for, and with no rights."""
    name = f"{database.url.database}_login"
    with connect(database.url) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), SECRET))
        yield replace(database.url, user=name, password=SECRET)
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def test_a_closed_port_is_unavailable(closed_port: int) -> None:
    database = opened(remote(closed_port))
    for act in (
        lambda: list_tenants(database),
        lambda: database_status(database, profile="x", embedded=False, at=EPOCH),
    ):
        error = failure(act)
        assert (type(error), error.code) == (Unavailable, "database_unavailable")
        assert f"postgresql://me@127.0.0.1:{closed_port}/work" in error.what


def test_a_server_that_never_answers_is_given_up(deaf_port: int) -> None:
    database = opened(remote(deaf_port), connect_timeout=2)
    with ThreadPoolExecutor(1) as pool:
        error = pool.submit(failure, lambda: list_tenants(database)).result(timeout=20)
    assert (type(error), error.code) == (Unavailable, "database_unavailable")


def test_a_server_that_hangs_up_is_tried_again_until_the_deadline() -> None:
    with socket.socket() as listening, ThreadPoolExecutor(1) as pool:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        database = opened(remote(listening.getsockname()[1]), connect_timeout=2)
        waiting = pool.submit(failure, lambda: list_tenants(database))
        calls = 0
        listening.settimeout(0.2)
        while not waiting.done():
            try:
                listening.accept()[0].close()
            except TimeoutError:
                continue
            calls += 1
        assert isinstance(waiting.result(), Unavailable)
    assert calls > 1


def test_a_database_that_the_server_does_not_have_is_not_found(database: Database) -> None:
    error = failure(lambda: list_tenants(opened(replace(database.url, database="nope"))))
    assert (type(error), error.code) == (NotFound, "database_not_found")


@pytest.mark.parametrize("password", [SECRET + SECRET, None], ids=["wrong", "missing"])
def test_a_login_that_the_server_refuses_is_refused(login: DatabaseUrl, password: str | None) -> None:
    error = failure(lambda: list_tenants(opened(replace(login, password=password))))
    assert (type(error), error.code) == (Refused, "login_refused")
    assert str(login.user) in error.what


def test_a_user_that_the_server_does_not_have_is_refused(login: DatabaseUrl) -> None:
    error = failure(lambda: list_tenants(opened(replace(login, user="nobody_at_all"))))
    assert (type(error), error.code) == (Refused, "login_refused")


def test_a_login_without_the_scopes_roles_is_refused(login: DatabaseUrl) -> None:
    database = opened(login)
    error = failure(lambda: list_tenants(database))
    database.close()
    assert (type(error), error.code) == (Refused, "not_permitted")


def test_a_database_without_our_tables_is_behind(empty: Database) -> None:
    error = failure(lambda: list_tenants(empty))
    assert (type(error), error.code, error.fix) == (CheckFailed, "schema_behind", "sentinai migrate")


def test_a_statement_on_a_connection_that_was_killed_is_unavailable(database: Database, url: DatabaseUrl) -> None:
    def act() -> None:
        with database.begin(AllTenants()) as work, connect(url) as admin:
            pid = work.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            admin.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])
            work.tenants.list_all()

    error = failure(act)
    assert (type(error), error.code) == (Unavailable, "connection_lost")
    assert list_tenants(database).items == ()


def test_rows_that_somebody_else_holds_are_a_conflict(
    database: Database, store: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    store(record("A", 1))
    run = SeedRun(
        tenant_id="A",
        identity="0" * 64,
        scenario="default",
        seed=1,
        manifest={},
        as_of=EPOCH,
        state=SeedRunState.RUNNING,
        records=0,
        digest=None,
    )
    monkeypatch.setattr(engine, "LOCK_TIMEOUT_MS", 50)

    def wait() -> None:
        with database.begin(TenantScope("A")) as late:
            late.seeds.begin(run)

    with database.begin(TenantScope("A")) as work:
        work.seeds.begin(run)
        error = failure(wait)
    assert (type(error), error.code) == (Conflict, "locked")
    wait()


def test_a_statement_that_takes_too_long_is_unavailable(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "STATEMENT_TIMEOUT_MS", 50)

    def act() -> None:
        with database.begin(AllTenants()) as work:
            work.connection.execute(text("SELECT pg_sleep(60)"))

    error = failure(act)
    assert (type(error), error.code) == (Unavailable, "statement_timeout")


def test_a_read_only_transaction_writes_nothing_and_makes_no_staging_table(database: Database) -> None:
    def write() -> None:
        with database.begin(AllTenants(), read_only=True) as work:
            work.tenants.add("A", name="A", domain="Finance")

    def stage() -> None:
        with database.begin(TenantScope("A"), read_only=True) as work:
            work.exceptions.load("A", [record("A", 1)])

    for act in (write, stage):
        error = failure(act)
        assert (type(error), error.code) == (Refused, "database_read_only")
    assert list_tenants(database).items == ()


def test_a_read_only_transaction_sees_one_moment(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    with database.begin(AllTenants(), read_only=True) as work:
        before = work.exceptions.count(ExceptionFilter())
        store(record("A", 2))
        assert work.exceptions.count(ExceptionFilter()) == before == 1


def test_a_pool_that_is_exhausted_is_unavailable(url: DatabaseUrl) -> None:
    database = opened(url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    with database.begin(AllTenants()):
        error = failure(lambda: list_tenants(database))
    assert (type(error), error.code) == (Unavailable, "pool_exhausted")
    assert list_tenants(database).items == ()
    database.close()


def test_what_a_scope_took_is_given_back_with_the_connection(url: DatabaseUrl, store: Callable[..., int]) -> None:
    store(record("A", 1))
    database = opened(url, pool_size=1, max_overflow=0)
    with database.begin(TenantScope("A")) as work:
        work.exceptions.count(ExceptionFilter())
    with database._engine.connect() as bare:
        left = bare.execute(
            text("SELECT current_user, session_user, current_setting('sentinai.tenant_id', true)")
        ).one()
    database.close()
    assert left[0] == left[1]
    assert left[2] in (None, "")


@pytest.mark.parametrize("hostile", ["A'; DROP TABLE tenant; --", 'A"', "A\\'", "ä", "A$$", "%s", "{}"])
def test_a_tenant_id_is_only_ever_a_literal(shared: Database, hostile: str) -> None:
    with pytest.raises(NotFound):
        list_exceptions(shared, TenantScope(hostile), ExceptionFilter(), limit=1)


@pytest.mark.parametrize("bad", ["a\0b", "a\udcffb"])
def test_text_that_no_database_stores_is_bad_input(shared: Database, bad: str) -> None:
    for act in (
        lambda: stored(shared, AllTenants(), bad),
        lambda: list_exceptions(shared, TenantScope(bad), ExceptionFilter(), limit=1),
    ):
        error = failure(act)
        assert (type(error), error.code) == (InvalidInput, "invalid_text")


def test_a_failure_that_nobody_expects_is_no_failure_of_the_operators(shared: Database) -> None:
    with pytest.raises(Exception, match="division by zero") as caught, shared.begin(AllTenants()) as work:
        work.connection.execute(text("SELECT 1 / 0"))
    assert not isinstance(caught.value, SentinaiError)
