"""A migration that waits for somebody says for whom, gives up in time, and holds up nobody else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from sentinai_cli.db import migration_script
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.db.migration_lock import migration_lock
from sentinai_cli.db.migration_state import schema_state
from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, NotFound
from sentinai_cli.models.database import Environment, SchemaState
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.exception import NewException
from tests.conftest import connect, quiet
from tests.db.catalogue import snapshot
from tests.db.records import record
from tests.db.revision import Revisions


@pytest.fixture
def revisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Revisions:
    made = Revisions(tmp_path / "migrations")
    monkeypatch.setattr(migration_script, "bundled", lambda _: made.place)
    return made


def up(database: Database, *, patience: float = 5.0, say: Callable[[str], None] = quiet, to: str = "head") -> None:
    upgrade(database, say=say, environment=Environment.DEVELOPMENT, patience=patience, to=to)


@contextmanager
def long_reader(url: DatabaseUrl) -> Iterator[psycopg.Connection]:
    """A session in a transaction that has read the exceptions, and does not end."""
    with connect(url) as reader:
        reader.execute("SET application_name = 'nightly report'")
        with reader.transaction(force_rollback=True):
            reader.execute("SELECT count(*) FROM exception")
            yield reader


def test_a_long_reader_is_named_and_others_read_and_write_meanwhile(
    url: DatabaseUrl, database: Database, revisions: Revisions, store: Callable[[NewException], int]
) -> None:
    store(record("A", 1))
    before = revisions.head
    revisions.add("op.execute('ALTER TABLE exception ADD COLUMN note text')")
    failures: list[Conflict] = []
    heard: list[str] = []
    waiting, done = threading.Event(), threading.Event()

    def hear(text: str) -> None:
        heard.append(text)
        waiting.set()

    def migrate() -> None:
        try:
            up(database, patience=1.5, say=hear)
        except Conflict as error:
            failures.append(error)
        done.set()

    with long_reader(url) as reader, connect(url) as other:
        other.execute("SET statement_timeout = '1s'")
        thread = threading.Thread(target=migrate)
        thread.start()
        assert waiting.wait(20)
        served = 0
        while not done.is_set() and served < 10_000:
            other.execute("SELECT count(*) FROM exception")
            other.execute("UPDATE exception SET owner = 'somebody'")
            other.execute("INSERT INTO tenant (tenant_id, name, domain) VALUES (%s, 'x', 'Finance')", [f"T{served}"])
            served += 1
        thread.join(20)
        pid = reader.info.backend_pid
    assert served > 10
    (error,) = failures
    assert error.code == "migration_blocked"
    assert f"pid {pid} (sentinai, nightly report)" in (error.why or "")
    assert "AccessShare on exception" in (error.why or "")
    assert f"pid {pid}" in heard[0]
    with connect(url) as admin:
        assert schema_state(admin) == (SchemaState.BEHIND, before)
    up(database)
    with connect(url) as admin:
        assert schema_state(admin) == (SchemaState.UP_TO_DATE, revisions.head)


def test_a_reader_that_ends_in_time_is_waited_for(url: DatabaseUrl, database: Database, revisions: Revisions) -> None:
    revisions.add("op.execute('ALTER TABLE exception ADD COLUMN note text')")
    with connect(url) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM exception")

        def end(_: str) -> None:
            reader.execute("COMMIT")

        up(database, patience=30, say=end)
    with connect(url) as admin:
        assert schema_state(admin) == (SchemaState.UP_TO_DATE, revisions.head)


def test_an_index_that_was_cut_off_is_built_anew(url: DatabaseUrl, database: Database, revisions: Revisions) -> None:
    index = {"index": {"ix_test_owner": ""}}
    revisions.add("build_index('ix_test_owner', 'ON exception (tenant_id, owner)')", catalogue=index)
    with connect(url) as holder, holder.transaction(force_rollback=True):
        holder.execute("UPDATE exception SET owner = NULL")  # an open writer, whose end building an index awaits
        with pytest.raises(Conflict) as caught:
            up(database, patience=0.5)
        assert str(holder.info.backend_pid) in (caught.value.why or "")
    with connect(url) as admin:
        valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('ix_test_owner')"
        assert admin.execute(valid).fetchone() == (False,)
        heard: list[str] = []
        up(database, say=heard.append)
        assert heard == ["dropping the unfinished index ix_test_owner"]
        assert admin.execute(valid).fetchone() == (True,)
        assert schema_state(admin) == (SchemaState.UP_TO_DATE, revisions.head)


def test_an_invalid_index_of_ours_is_rebuilt_where_nothing_else_is_to_do(url: DatabaseUrl, database: Database) -> None:
    with connect(url) as admin:
        admin.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_exception_newest'::regclass")
        before = snapshot(admin)
        result = upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
        assert (result.applied, result.repaired) == ((), ("ix_exception_newest",))
        assert snapshot(admin) == before
        assert admin.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid").fetchone() == (0,)


def test_an_invalid_index_of_somebody_else_is_named_and_left(url: DatabaseUrl, database: Database) -> None:
    with connect(url) as admin:
        admin.execute("CREATE INDEX ix_theirs ON exception (owner)")
        admin.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_theirs'::regclass")
    with pytest.raises(CheckFailed, match="ix_theirs") as caught:
        up(database)
    assert caught.value.code == "invalid_index"


def test_a_revision_that_fails_leaves_the_schema_at_the_one_before(
    url: DatabaseUrl, database: Database, revisions: Revisions
) -> None:
    good = revisions.add("op.execute('ALTER TABLE exception ADD COLUMN note text')")
    revisions.add("op.execute('CREATE TABLE half (id int)')\nop.execute('SELECT 1 / 0')")
    with pytest.raises(CheckFailed) as caught:
        up(database)
    assert (caught.value.code, caught.value.why) == ("migration_failed", "division by zero")
    assert good in caught.value.what
    with connect(url) as admin:
        assert schema_state(admin) == (SchemaState.BEHIND, good)
        assert admin.execute("SELECT to_regclass('half')").fetchone() == (None,)


def test_going_up_to_a_revision_behind_or_unknown_is_refused(database: Database) -> None:
    with pytest.raises(InvalidInput) as behind:
        up(database, to="0002")
    assert behind.value.fix == "sentinai migrate down 0002"
    with pytest.raises(NotFound, match="9999"):
        up(database, to="9999")


def test_who_waits_for_another_migration_hears_who_that_is_and_gives_up_in_time(url: DatabaseUrl) -> None:
    heard: list[str] = []
    with connect(url) as holder, connect(url) as waiter:
        holder.execute("SET application_name = 'the first one'")
        with (
            migration_lock(holder, say=quiet),
            pytest.raises(Conflict) as caught,
            migration_lock(waiter, say=heard.append, patience=0.5),
        ):
            pass
        assert caught.value.code == "migration_lock_held"
        assert f"pid {holder.info.backend_pid}, sentinai, the first one, connected since" in (caught.value.why or "")
        assert len(heard) == 1
        with migration_lock(waiter, say=heard.append, patience=0.5):
            assert len(heard) == 1


def test_a_first_migration_that_was_cut_off_before_any_revision_is_no_obstacle(empty_url: DatabaseUrl) -> None:
    with connect(empty_url) as admin:
        admin.execute("GRANT CREATE ON SCHEMA public TO sentinai_owner")
        admin.execute("SET ROLE sentinai_owner")
        admin.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
        admin.execute("SET ROLE sentinai_app")
        assert schema_state(admin) == (SchemaState.EMPTY, None)
