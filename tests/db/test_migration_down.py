"""Going back loses nothing: it is refused, or what it drops is archived with it."""

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from sentinai_cli.db import migration_script
from sentinai_cli.db.engine import Database
from sentinai_cli.db.fingerprint import differences, fingerprint, shipped
from sentinai_cli.db.migrate import downgrade, upgrade
from sentinai_cli.db.migration_archive import find_losses
from sentinai_cli.db.migration_state import schema_state
from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, NotFound, Refused
from sentinai_cli.models.database import Environment, SchemaState
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.services.migrate import migration_check, refuse_data_loss, revert, revert_losses, revert_target
from tests.conftest import connect, quiet
from tests.db.catalogue import snapshot
from tests.db.records import record
from tests.db.revision import Revisions

Store = Callable[..., int]


def rows(connection: psycopg.Connection, table: str) -> list[tuple[object, ...]]:
    columns = "tenant_id, exception_id, status, raw_payload::text, last_event_hash"
    return connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2".encode()).fetchall()


def test_where_nothing_is_lost_a_revision_is_taken_back_and_applied_again(
    url: DatabaseUrl, database: Database, tmp_path: Path
) -> None:
    with connect(url) as admin:
        before = snapshot(admin)
        current, target = revert_target(database, "previous")
        losses = revert_losses(database, current, target)
        assert losses == {}
        refuse_data_loss(losses, Environment.PRODUCTION, allowed=False, target=target)
        result = revert(database, target=target, losses=losses, home=tmp_path, say=quiet)
        assert (result.before, result.after, result.reverted, result.archives) == (current, target, (current,), ())
        assert migration_check(database).drift == ()
        upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
        assert snapshot(admin) == before
        newest = admin.execute("SELECT command, before, after FROM operation ORDER BY at DESC LIMIT 1").fetchone()
    assert newest == ("test", {"revision": current}, {"revision": target, "archives": []})


def test_data_that_would_be_lost_is_named_and_the_downgrade_refused(database: Database, store: Store) -> None:
    store(record("A", 1), record("B", 1), record("B", 2))
    current, target = revert_target(database, "0002")
    losses = revert_losses(database, current, target)
    assert {loss.table for loss in losses["0003"]} == {"exception", "exception_event"}
    with pytest.raises(Refused) as caught:
        refuse_data_loss(losses, Environment.DEVELOPMENT, allowed=False, target=target)
    assert caught.value.code == "data_loss"
    assert "exception (3 rows)" in (caught.value.why or "")
    assert caught.value.fix == "sentinai migrate down 0002 --allow-data-loss"
    with pytest.raises(Refused) as caught:
        refuse_data_loss(losses, Environment.PRODUCTION, allowed=True, target=target)
    assert caught.value.code == "production_protected"
    refuse_data_loss(losses, Environment.STAGING, allowed=True, target=target)


def test_what_is_dropped_is_archived_row_for_row_for_the_owner_alone(
    url: DatabaseUrl, database: Database, store: Store, tmp_path: Path
) -> None:
    store(record("A", 1), record("B", 1), record("B", 2))
    with connect(url) as admin:
        kept = rows(admin, "exception")
        losses = revert_losses(database, migration_script.head(), "0002")
        result = revert(database, target="0002", losses=losses, home=tmp_path, say=quiet)
        assert schema_state(admin) == (SchemaState.BEHIND, "0002")
        archives = {archive.table: archive for archive in result.archives}
        assert archives["exception"].rows == 3
        assert rows(admin, archives["exception"].archive) == kept
        for role in ("sentinai_app", "sentinai_operator", "sentinai_backup"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), admin.transaction():
                admin.execute(f"SET LOCAL ROLE {role}".encode())
                rows(admin, archives["exception"].archive)
        assert migration_check(database).drift == ()
        upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
        assert migration_check(database).ok
        assert rows(admin, "exception") == []


def test_rows_that_arrive_after_nobody_expected_any_are_not_dropped(
    url: DatabaseUrl, database: Database, store: Store
) -> None:
    losses = revert_losses(database, migration_script.head(), "0002")
    assert losses == {}
    store(record("A", 1))
    with pytest.raises(Conflict) as caught:
        downgrade(database, target="0002", losses=losses, say=quiet)
    assert caught.value.code == "data_arrived"
    with connect(url) as admin:
        assert schema_state(admin) == (SchemaState.BEHIND, "0003")
        assert len(rows(admin, "exception")) == 1
    assert migration_check(database).drift == ()


def test_a_dropped_column_is_archived_with_the_key_of_its_rows(
    url: DatabaseUrl, database: Database, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(record("A", 1), record("B", 2))
    revisions = Revisions(tmp_path / "migrations")
    before = revisions.head
    monkeypatch.setattr(migration_script, "bundled", lambda _: revisions.place)
    revisions.add(
        "op.execute('ALTER TABLE exception ADD COLUMN note text')",
        "op.execute('ALTER TABLE exception DROP COLUMN note')",
        catalogue={"column": {"exception.note": "text"}},
    )
    upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
    with connect(url) as admin:
        admin.execute("UPDATE exception SET note = 'remember' WHERE tenant_id = 'B'")
        losses = find_losses(admin, revisions.head, before)
        result = downgrade(database, target=before, losses=losses, say=quiet)
        (archive,) = result.archives
        assert (archive.table, archive.column, archive.rows) == ("exception", "note", 1)
        assert admin.execute(f"SELECT * FROM {archive.archive}".encode()).fetchall() == [("B", "EX-000002", "remember")]
        assert migration_check(database).drift == ()


def test_a_downgrade_that_fails_leaves_the_revision_and_no_archive(
    url: DatabaseUrl, database: Database, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(record("A", 1))
    revisions = Revisions(tmp_path / "migrations")
    before = revisions.head
    monkeypatch.setattr(migration_script, "bundled", lambda _: revisions.place)
    revisions.add(
        "op.execute(\"ALTER TABLE exception ADD COLUMN note text DEFAULT 'x'\")",
        "op.execute('ALTER TABLE exception DROP COLUMN note')\nop.execute('SELECT 1 / 0')",
        catalogue={"column": {"exception.note": "text"}},
    )
    upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
    with connect(url) as admin:
        losses = find_losses(admin, revisions.head, before)
        with pytest.raises(CheckFailed, match="failed"):
            downgrade(database, target=before, losses=losses, say=quiet)
        assert schema_state(admin) == (SchemaState.UP_TO_DATE, revisions.head)
        left = "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('sentinai_archive')"
        assert admin.execute(left).fetchone() == (0,)


def test_a_table_that_somebody_reads_is_not_waited_for_in_the_way_of_others(
    url: DatabaseUrl, database: Database, store: Store
) -> None:
    store(record("A", 1))
    with connect(url) as reader, reader.transaction(force_rollback=True):
        reader.execute("SELECT count(*) FROM event_seal")
        with pytest.raises(Conflict) as caught:
            downgrade(database, target="0004", losses={}, say=quiet, patience=0.3)
        assert str(reader.info.backend_pid) in (caught.value.why or "")


def test_going_back_to_nothing_leaves_an_empty_database_and_a_line_in_the_local_journal(
    url: DatabaseUrl, database: Database, store: Store, tmp_path: Path
) -> None:
    store(record("A", 1))
    losses = revert_losses(database, migration_script.head(), None)
    result = revert(database, target=None, losses=losses, home=tmp_path / "home", say=quiet)
    assert result.after is None
    with connect(url) as admin:
        assert schema_state(admin) == (SchemaState.EMPTY, None)
    assert '"before": {"revision": "' in (tmp_path / "home" / "journal.jsonl").read_text()
    upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
    assert migration_check(database).ok


@pytest.mark.parametrize(("words", "error"), [("0099", NotFound), ("nonsense", NotFound)])
def test_a_target_that_does_not_exist_is_refused(words: str, error: type[Exception], database: Database) -> None:
    with pytest.raises(error):
        revert_target(database, words)


def test_the_target_of_a_downgrade_lies_behind(database: Database) -> None:
    upgraded = migration_script.head()
    downgrade(database, target="0003", losses={}, say=quiet)
    with pytest.raises(InvalidInput) as caught:
        revert_target(database, "0004")
    assert caught.value.fix == "sentinai migrate --to 0004"
    upgrade(database, say=quiet, environment=Environment.DEVELOPMENT, to=upgraded)
    assert revert_target(database, migration_script.head()) == (migration_script.head(),) * 2
    assert revert_target(database, "base") == (migration_script.head(), None)


def test_a_stairway_down_and_up_again_keeps_data_and_catalogue_of_every_revision(
    url: DatabaseUrl, database: Database, store: Store
) -> None:
    store(record("A", 1), record("B", 1), record("B", 2))
    with connect(url) as admin:
        for revision in reversed(migration_script.revisions()):
            floor = migration_script.before(revision)
            kept = contents(admin, floor)
            down(admin, database, revision, floor)
            assert contents(admin, floor) == kept
            assert floor is None or differences(shipped(floor), fingerprint(admin)) == ()
            upgrade(database, say=quiet, environment=Environment.DEVELOPMENT, to=revision)
            assert contents(admin, floor) == kept
            assert differences(shipped(revision), fingerprint(admin)) == ()
            down(admin, database, revision, floor)
        assert schema_state(admin) == (SchemaState.EMPTY, None)


def down(admin: psycopg.Connection, database: Database, revision: str, floor: str | None) -> None:
    downgrade(database, target=floor, losses=find_losses(admin, revision, floor), say=quiet)


def contents(admin: psycopg.Connection, revision: str | None) -> dict[str, str]:
    """A digest of every table that a revision has, over the columns it has there."""
    columns: dict[str, list[str]] = {}
    for name in shipped(revision)["column"] if revision else ():
        table, _, column = name.rpartition(".")
        if table not in ("alembic_version", "migration_record"):
            columns.setdefault(table, []).append(column)
    digests = {}
    for table, names in columns.items():
        row = ", ".join(f'"{name}"' for name in sorted(names))
        digest = admin.execute(
            f"SELECT md5(string_agg(x, ',' ORDER BY x)) FROM (SELECT ROW({row})::text AS x FROM {table}) AS t".encode()
        ).fetchone()
        assert digest is not None
        digests[table] = digest[0]
    return digests
