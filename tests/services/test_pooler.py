"""Behind PgBouncer in transaction mode everything works, or says that it needs the server itself."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.db.pooler import require_session
from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.migrate import migrate
from sentinai_cli.services.reset import check_resettable
from sentinai_cli.services.seed import seed
from sentinai_cli.services.status import database_status
from tests.conftest import connect, context, quiet, store_records
from tests.db.records import record
from tests.services.conftest import AS_OF, ignore, request
from tests.services.ingest import TENANT, assert_whole, counts, make_tenant, take, trade
from tests.services.pooler import needs_pgbouncer, pooled
from tests.services.test_backup import back_up, put_back

pytestmark = needs_pgbouncer


@pytest.fixture
def pooled_url(url: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """A migrated, empty database behind one shared server connection."""
    with pooled(url) as address:
        yield address


@pytest.fixture
def behind(pooled_url: DatabaseUrl) -> Iterator[Database]:
    """The same as services get it, without any other address."""
    opened = Database(pooled_url, context=context())
    yield opened
    opened.close()


def test_records_are_ingested_and_changed_through_a_shared_connection(behind: Database) -> None:
    make_tenant(behind, TENANT)
    assert counts(take(behind, [trade(number) for number in range(1, 6)])) == (5, 0, 0, 0)
    assert counts(take(behind, [trade(number, entity="E") for number in range(1, 6)])) == (0, 5, 0, 0)
    assert counts(take(behind, [trade(1, entity="E")], dry_run=True)) == (0, 0, 1, 0)
    assert_whole(behind)


def test_a_scope_does_not_leak_to_the_next_client_of_the_same_server_connection(
    behind: Database, pooled_url: DatabaseUrl
) -> None:
    store_records(behind, record("A", 1))
    look = "SELECT pg_backend_pid(), current_user, current_setting('sentinai.tenant_id', true)"
    with behind.begin(TenantScope("A")) as work:
        inside = work.connection.exec_driver_sql(look).one()
    with psycopg.connect(**pooled_url.conninfo(), prepare_threshold=None) as other:  # type: ignore[arg-type]
        outside = other.execute(look).fetchone()
    assert inside[1:] == ("sentinai_app", "A")
    assert outside is not None
    assert outside[0] == inside[0]
    assert (outside[1], outside[2] or None) == ("sentinai", None)


def test_tenants_stay_apart_while_many_share_few_server_connections(url: DatabaseUrl) -> None:
    with pooled(url, size=2) as address:
        databases = [Database(address, context=context()) for _ in range(4)]
        store_records(databases[0], *(record(tenant, number) for tenant in ("A", "B") for number in range(1, 6)))

        def look(turn: int) -> set[str]:
            tenant = "AB"[turn % 2]
            with databases[turn % 4].begin(TenantScope(tenant), read_only=turn % 3 == 0) as work:
                seen = work.connection.exec_driver_sql("SELECT DISTINCT tenant_id FROM exception").scalars()
                return {f"{tenant} sees {other}" for other in seen}

        with ThreadPoolExecutor(8) as pool:
            seen = set().union(*pool.map(look, range(200)))
        assert seen == {"A sees A", "B sees B"}
        for database in databases:
            database.close()


def test_seeding_looking_and_verifying_work(behind: Database) -> None:
    result = seed(behind, request(as_of=AS_OF, count=10), embedded=False, now=AS_OF, say=quiet, advance=ignore)
    assert [run.inserted for run in result.items] == [10, 10]
    held = database_status(behind, profile="test", embedded=False, at=AS_OF).holdings
    assert held is not None
    assert [sum(tenant.exceptions.values()) for tenant in held.tenants] == [10, 10]
    verified = verify_events(behind, AllTenants(), advance=ignore)
    assert (verified.exceptions, verified.broken) == (20, 0)


@pytest.mark.parametrize(
    "act",
    [
        lambda database, file: migrate(database, say=quiet, environment=Environment.DEVELOPMENT),
        back_up,
        lambda database, file: check_resettable(database),
    ],
    ids=["migrate", "backup", "reset"],
)
@pytest.mark.parametrize("size", [1, 3])
def test_what_needs_a_session_asks_for_the_direct_url(
    empty_url: DatabaseUrl, act: Callable[[Database, Path], object], size: int, tmp_path: Path
) -> None:
    with pooled(empty_url, size=size) as address:
        database = Database(address, context=context())
        with pytest.raises(InvalidInput) as caught:
            act(database, tmp_path / "x.dump")
        assert caught.value.code == "direct_url_needed"
        assert "SENTINAI_DIRECT_URL" in (caught.value.why or "")


def test_restore_asks_for_the_direct_url(behind: Database, url: DatabaseUrl, tmp_path: Path) -> None:
    with closing(Database(behind.url, direct_url=url, context=context())) as database:
        back_up(database, tmp_path / "x.dump")
    with pytest.raises(InvalidInput) as caught:
        put_back(behind, tmp_path / "x.dump")
    assert caught.value.code == "direct_url_needed"


def test_with_the_direct_url_a_pooled_database_is_backed_up_and_restored(
    pooled_url: DatabaseUrl, url: DatabaseUrl, tmp_path: Path
) -> None:
    database = Database(pooled_url, direct_url=url, context=context())
    store_records(database, record("A", 1))
    back_up(database, tmp_path / "x.dump")
    result = put_back(database, tmp_path / "x.dump", disconnect=True)  # the pooler keeps its server connection
    assert (result.epoch, result.events_broken) == (2, 0)
    database.close()


def test_a_pooler_in_session_mode_is_as_good_as_the_server(url: DatabaseUrl) -> None:
    with pooled(url, mode="session", size=3) as address:
        database = Database(address, context=context())
        with database.direct() as connection:
            assert connection.info.backend_pid != connection.execute("SELECT pg_backend_pid()").fetchall()[0][0]
            require_session(database, connection)


def test_the_server_itself_is_told_without_a_second_connection(url: DatabaseUrl) -> None:
    database = Database(url, context=context())
    with connect(url) as admin:
        admin.execute(f'ALTER DATABASE "{url.database}" CONNECTION LIMIT 1')
        with database.direct() as connection:
            require_session(database, connection)
