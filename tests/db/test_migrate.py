"""Migrations: any empty or older database comes to head, whoever runs them and however often at once."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from sentinai_cli.db import migrate, migration_script
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migration_session import migration_session
from sentinai_cli.db.migration_state import schema_state
from sentinai_cli.db.schema import metadata
from sentinai_cli.errors import CheckFailed
from sentinai_cli.models.database import Environment, SchemaState
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.migration import MigrationResult
from tests.conftest import connect, context, quiet
from tests.db.catalogue import snapshot


def up(url: DatabaseUrl, environment: Environment = Environment.DEVELOPMENT) -> MigrationResult:
    database = Database(url, context=context("migrate"))
    try:
        return migrate.upgrade(database, say=quiet, environment=environment)
    finally:
        database.close()


def test_an_empty_database_comes_to_head_and_is_marked(empty_url: DatabaseUrl) -> None:
    result = up(empty_url, Environment.STAGING)
    assert result.before is None
    assert result.after == migration_script.head() == result.applied[-1]
    assert result.environment is Environment.STAGING
    with connect(empty_url) as admin:
        assert schema_state(admin) == (SchemaState.UP_TO_DATE, migration_script.head())


def test_migrating_again_applies_nothing_and_keeps_the_mark(empty_url: DatabaseUrl) -> None:
    up(empty_url, Environment.STAGING)
    again = up(empty_url, Environment.PRODUCTION)
    assert (again.applied, again.environment) == ((), Environment.STAGING)


def test_ten_at_once_make_one_schema_and_none_fails(empty_url: DatabaseUrl) -> None:
    with ThreadPoolExecutor(10) as pool:
        results = list(pool.map(lambda _: up(empty_url), range(10)))
    assert sorted(len(result.applied) for result in results) == [0] * 9 + [
        len(list(migration_script.scripts().walk_revisions()))
    ]
    assert {result.after for result in results} == {migration_script.head()}


def test_the_models_equal_the_migrated_schema(url: DatabaseUrl) -> None:
    database = Database(url, context=context())
    with database.direct_engine() as connection:
        found = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_server_default": False}), metadata
        )
    assert [difference for difference in found if "alembic_version" not in str(difference)] == []


def test_there_is_one_head() -> None:
    assert len(migration_script.scripts().get_heads()) == 1


def test_each_revision_goes_up_down_and_up_again_to_the_same_catalogue(empty_url: DatabaseUrl) -> None:
    database = Database(empty_url, context=context())
    revisions = [script.revision for script in reversed(list(migration_script.scripts().walk_revisions()))]
    with migration_session(database, say=quiet, attempt_ms=5000) as session:
        connection = session.connection
        running = migration_script.config()
        running.attributes["connection"] = connection

        def look() -> list[str]:
            connection.commit()
            with connect(empty_url) as admin:
                return snapshot(admin)

        command.upgrade(running, revisions[0])
        for before, revision in pairwise(revisions):
            floor = look()
            command.upgrade(running, revision)
            first = look()
            assert first != floor
            command.downgrade(running, before)
            assert look() == floor
            command.upgrade(running, revision)
            assert look() == first
        command.downgrade(running, "base")
        connection.commit()
    with connect(empty_url) as admin:
        assert schema_state(admin) == (SchemaState.EMPTY, None)


def test_each_applied_revision_is_recorded_with_the_checksum_of_its_file(url: DatabaseUrl) -> None:
    with connect(url) as admin:
        recorded: dict[str, str] = dict(admin.execute("SELECT revision, checksum FROM migration_record").fetchall())
    files = {script.revision: Path(script.path) for script in migration_script.scripts().walk_revisions()}
    assert recorded == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE theirs (id int)",
        "CREATE TABLE alembic_version (version_num varchar(32)); INSERT INTO alembic_version VALUES ('0001')",
    ],
    ids=["another table", "another tool's history"],
)
def test_a_foreign_database_is_named_and_not_touched(empty_url: DatabaseUrl, statement: str) -> None:
    with connect(empty_url) as admin:
        admin.execute(statement)
        before = snapshot(admin)
        with pytest.raises(CheckFailed) as caught:
            up(empty_url)
        assert caught.value.code == "foreign_database"
        assert snapshot(admin) == before


def test_a_revision_of_a_newer_tool_is_named_and_not_touched(url: DatabaseUrl) -> None:
    with connect(url) as admin:
        admin.execute("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(CheckFailed) as caught:
            up(url)
        assert caught.value.code == "unknown_revision"
        assert schema_state(admin) == (SchemaState.UNKNOWN, "9999")
