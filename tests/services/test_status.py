"""Status tells in what state a database is, whatever that is, and changes nothing."""

from collections.abc import Callable

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.db.migration_script import head
from sentinai_cli.models.database import DatabaseStatus, Environment, Isolation, SchemaState
from sentinai_cli.models.exception import Status
from sentinai_cli.services.environment import set_environment
from sentinai_cli.services.status import database_status
from sentinai_cli.services.tenant import create_tenant
from tests.conftest import connect
from tests.db.records import EPOCH, record
from tests.services.rows import unchanged


def look(database: Database) -> DatabaseStatus:
    with unchanged(database.url):
        return database_status(database, profile="mine", embedded=False)


def test_an_empty_database(empty: Database) -> None:
    status = look(empty)
    assert (status.schema_state, status.isolation, status.tenants) == (SchemaState.EMPTY, None, ())
    assert (status.target.revision, status.target.environment) == (None, None)
    assert status.head_revision == head()


def test_a_database_that_is_behind(database: Database) -> None:
    with connect(database.url) as admin:
        admin.execute("UPDATE alembic_version SET version_num = '0001'")
        admin.execute("DELETE FROM migration_record WHERE revision <> '0001'")
    status = look(database)
    assert (status.schema_state, status.isolation, status.tenants) == (SchemaState.BEHIND, None, ())
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
    assert (status.schema_state, status.isolation, status.tenants) == (SchemaState.FOREIGN, None, ())
    assert (status.target.revision, status.target.environment) == (revision, None)


def test_a_database_of_a_newer_tool(database: Database) -> None:
    with connect(database.url) as admin:
        admin.execute("UPDATE alembic_version SET version_num = '9999'")
    status = look(database)
    assert (status.schema_state, status.target.revision) == (SchemaState.UNKNOWN, "9999")
    assert (status.isolation, status.tenants) == (Isolation.ENFORCED, ())


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
    assert [(row.tenant_id, row.exceptions, row.unresolved, row.events) for row in status.tenants] == [
        ("A", 2, 1, 5),
        ("B", 0, 0, 0),
    ]
    assert status.tenants[0].newest == EPOCH.replace(minute=2)
    assert status.tenants[1].newest is None


def test_a_database_without_isolation_is_said_to_be_degraded(database: Database) -> None:
    with connect(database.url) as admin:
        admin.execute("ALTER TABLE exception_event DISABLE ROW LEVEL SECURITY")
    assert look(database).isolation is Isolation.DEGRADED
