"""Each state that a schema may be in is told apart, with the command that goes with it."""

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.db.migration_script import head, revisions
from sentinai_cli.errors import CheckFailed
from sentinai_cli.models.database import Environment, SchemaState
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.services.migrate import migration_status
from tests.conftest import connect, context, quiet
from tests.db.catalogue import snapshot

AT = "UPDATE alembic_version SET version_num = '{}'"
RECORD = "INSERT INTO migration_record (revision, checksum, tool_version) VALUES ('{}', repeat('0', 64), '9')"
FORGET = "DELETE FROM migration_record WHERE revision = '{}'"
HEAD, PREVIOUS = head(), revisions()[-2]

STATES = {
    "a newer tool went on": ([AT.format("9999"), RECORD.format("9999")], SchemaState.AHEAD, "schema_ahead"),
    "another line of development": (
        [AT.format("other"), RECORD.format("other"), FORGET.format(HEAD)],
        SchemaState.DIVERGED,
        "schema_diverged",
    ),
    "two revisions at once": (
        ["INSERT INTO alembic_version VALUES ('0002')"],
        SchemaState.DIVERGED,
        "schema_diverged",
    ),
    "set back by hand": ([AT.format(PREVIOUS)], SchemaState.DIVERGED, "schema_diverged"),
    "stamped with a revision that nobody recorded": (
        [AT.format("9999")],
        SchemaState.UNKNOWN,
        "unknown_revision",
    ),
    "without our record": (["DROP TABLE migration_record"], SchemaState.FOREIGN, "foreign_database"),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_in_which_nothing_may_be_done_is_named_and_left_alone(name: str, url: DatabaseUrl) -> None:
    statements, state, code = STATES[name]
    database = Database(url, context=context())
    with connect(url) as admin:
        for statement in statements:
            admin.execute(statement.encode())
        before = snapshot(admin)
        status = migration_status(database)
        assert status.state is state
        assert (status.pending, bool(status.detail), bool(status.next_command)) == ((), True, True)
        with pytest.raises(CheckFailed) as caught:
            upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
        assert (caught.value.code, caught.value.fix) == (code, status.next_command)
        assert snapshot(admin) == before


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE theirs (id int)", "CREATE VIEW theirs AS SELECT 1", "CREATE SEQUENCE theirs"],
)
def test_what_sentinai_did_not_make_is_foreign_and_named(statement: str, empty_url: DatabaseUrl) -> None:
    with connect(empty_url) as admin:
        admin.execute(statement.encode())
    status = migration_status(Database(empty_url, context=context()))
    assert status.state is SchemaState.FOREIGN
    assert "theirs" in status.detail
    assert status.next_command == "sentinai config show"


def test_an_extension_in_an_empty_database_is_nothing_foreign(empty_url: DatabaseUrl) -> None:
    with connect(empty_url) as admin:
        admin.execute("CREATE EXTENSION pg_stat_statements")
    assert migration_status(Database(empty_url, context=context())).state is SchemaState.EMPTY


def test_the_way_from_empty_over_behind_to_up_to_date_is_told(empty_url: DatabaseUrl) -> None:
    database = Database(empty_url, context=context())
    empty = migration_status(database)
    assert (empty.state, empty.pending, empty.next_command) == (
        SchemaState.EMPTY,
        tuple(revisions()),
        "sentinai migrate",
    )
    upgrade(database, say=quiet, environment=Environment.DEVELOPMENT, to=PREVIOUS)
    behind = migration_status(database)
    assert (behind.state, behind.revision, behind.pending) == (SchemaState.BEHIND, PREVIOUS, (HEAD,))
    upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
    done = migration_status(database)
    assert (done.state, done.pending, done.next_command) == (SchemaState.UP_TO_DATE, (), None)
