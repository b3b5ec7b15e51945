"""Status tells in what state a database is, whatever that is, and changes nothing."""

from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.db.holding import FEW_TENANTS
from sentinai_cli.db.migration_script import head
from sentinai_cli.models.database import Environment, Isolation, SchemaState
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.exception import Status
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.models.status import DatabaseStatus, Holdings
from sentinai_cli.services.environment import set_environment
from sentinai_cli.services.event_seal import seal_events
from sentinai_cli.services.status import database_status
from sentinai_cli.services.tenant import create_tenant
from tests.conftest import connect
from tests.db.records import EPOCH, record
from tests.services.health_rows import many
from tests.services.rows import unchanged


def look(database: Database, at: datetime = EPOCH) -> DatabaseStatus:
    with unchanged(database.url):
        return database_status(database, profile="mine", embedded=False, at=at)


def held(database: Database, at: datetime = EPOCH) -> Holdings:
    found = look(database, at).holdings
    assert found is not None
    return found


def test_an_empty_database(empty: Database) -> None:
    status = look(empty)
    assert (status.schema_state, status.isolation, status.holdings) == (SchemaState.EMPTY, None, None)
    assert (status.target.revision, status.target.environment) == (None, None)
    assert status.head_revision == head()


def test_a_database_that_is_behind(database: Database) -> None:
    with connect(database.url) as admin:
        admin.execute("UPDATE alembic_version SET version_num = '0001'")
        admin.execute("DELETE FROM migration_record WHERE revision <> '0001'")
    status = look(database)
    assert (status.schema_state, status.isolation, status.holdings) == (SchemaState.BEHIND, None, None)
    assert (status.target.revision, status.target.environment) == ("0001", Environment.DEVELOPMENT)


@pytest.mark.parametrize(
    ("statement", "revision"),
    [
        ("CREATE TABLE theirs (id int)", None),
        ("CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('theirs')", "theirs"),
        ("CREATE TABLE database_info (name text)", None),
    ],
)
def test_a_foreign_database(empty: Database, statement: str, revision: str | None) -> None:
    with connect(empty.url) as admin:
        admin.execute(statement)
    status = look(empty)
    assert (status.schema_state, status.isolation, status.holdings) == (SchemaState.FOREIGN, None, None)
    assert (status.target.revision, status.target.environment) == (revision, None)


def test_a_database_of_a_newer_tool(database: Database) -> None:
    with connect(database.url) as admin:
        admin.execute("UPDATE alembic_version SET version_num = '9999'")
    status = look(database)
    assert (status.schema_state, status.target.revision) == (SchemaState.UNKNOWN, "9999")
    assert (status.isolation, status.holdings) == (Isolation.ENFORCED, None)


def test_a_database_that_is_up_to_date(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("A", 2, status=Status.RESOLVED))
    create_tenant(database, "B", name=None, domain="Finance")
    set_environment(database, Environment.STAGING)
    status = look(database)
    assert (status.schema_state, status.isolation) == (SchemaState.UP_TO_DATE, Isolation.ENFORCED)
    target = status.target
    assert (target.profile, target.embedded, target.environment) == ("mine", False, Environment.STAGING)
    assert target.database == database.url.shown
    assert target.server_version[:2].isdigit()
    found = status.holdings
    assert found is not None
    assert (found.tenant_count, [tenant.tenant_id for tenant in found.tenants]) == (2, ["A", "B"])
    assert found.tenants[0].exceptions == {"open": 1, "analyzing": 0, "escalated": 0, "resolved": 1}
    assert found.tenants[0].newest == EPOCH.replace(minute=2)
    assert (found.tenants[1].newest, sum(found.tenants[1].exceptions.values())) == (None, 0)
    assert found.newest_exception is not None
    assert found.newest_event is not None
    assert (found.newest_exception.exception_id, found.newest_event.event_type) == ("EX-000002", "StatusChanged")
    assert [(pack.pack, pack.tenants) for pack in found.packs] == [(None, 2)]
    assert found.operations[0].command == "test"


def test_the_tenants_with_most_past_their_deadline_come_first_and_few(
    database: Database, store: Callable[..., int]
) -> None:
    late = [record(f"T{number}", each) for number in range(7) for each in range(number)]
    store(*late, record("T0", 1, status=Status.RESOLVED))
    found = held(database, EPOCH + timedelta(days=1))
    assert (found.tenant_count, len(found.tenants)) == (7, FEW_TENANTS)
    assert [(tenant.tenant_id, tenant.breached) for tenant in found.tenants[:3]] == [("T6", 6), ("T5", 5), ("T4", 4)]
    assert [tenant.breached for tenant in held(database, EPOCH).tenants] == [0] * FEW_TENANTS


def test_counting_ends_at_a_limit_that_is_told(database: Database, url: DatabaseUrl) -> None:
    with connect(url) as admin:
        many(admin, "A", 10_050, start=EPOCH, end=EPOCH + timedelta(hours=1), deadline=EPOCH)
    found = database_status(database, profile="x", embedded=False, at=EPOCH + timedelta(days=1)).holdings
    assert found is not None
    assert found.counted_to == found.tenants[0].breached == found.tenants[0].exceptions["open"] == 10_000


def test_what_waits_for_a_seal_is_counted(database: Database, store: Callable[..., int]) -> None:
    assert held(database).seals.waiting == 0
    store(record("A", 1), record("B", 1))
    assert (held(database).seals.waiting, held(database).seals.newest) == (2, None)
    seal_events(database, AllTenants(), now=EPOCH, advance=lambda _: None)
    assert (held(database).seals.waiting, held(database).seals.newest) == (0, EPOCH)


def test_the_next_command_follows_from_what_is_found(
    database: Database, empty: Database, url: DatabaseUrl, store: Callable[..., int]
) -> None:
    assert look(empty).next_command == "sentinai migrate"
    assert look(database).next_command == "sentinai seed"
    store(record("A", 1))
    assert look(database).next_command == "sentinai packs list"
    assert look(database, EPOCH + timedelta(days=1)).next_command.startswith("sentinai exceptions list --breached")
    with connect(url) as admin:
        admin.execute("ALTER TABLE exception_event DISABLE ROW LEVEL SECURITY")
    assert look(database).next_command == "sentinai health isolation"


def test_rows_behind_a_lock_are_told_to_be_unread_in_time(database: Database, url: DatabaseUrl) -> None:
    with psycopg.connect(**url.conninfo()) as locker:  # type: ignore[arg-type]
        locker.execute("LOCK TABLE exception IN ACCESS EXCLUSIVE MODE")
        status = database_status(database, profile="mine", embedded=False, at=EPOCH)
        locker.rollback()
    assert (status.schema_state, status.holdings) == (SchemaState.UP_TO_DATE, None)
    assert "lock" in (status.unread or "")
    assert status.next_command.startswith("sentinai health --only blocking")


def test_a_database_without_isolation_is_said_to_be_degraded(database: Database) -> None:
    with connect(database.url) as admin:
        admin.execute("ALTER TABLE exception_event DISABLE ROW LEVEL SECURITY")
    assert look(database).isolation is Isolation.DEGRADED
