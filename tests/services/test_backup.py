"""A backup holds every row of one moment, is proven before it takes a place, and leaves the rest alone."""

import json
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.db.migration_archive import make_archive
from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, NotFound, Refused, Unavailable
from sentinai_cli.models.backup import BackupManifest, RestoreResult, content_digest
from sentinai_cli.models.database import Environment, SchemaState
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.scope import AllTenants, Maintenance
from sentinai_cli.services.backup import backup, manifest_of
from sentinai_cli.services.environment import set_environment
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.restore import check_restorable, read_manifest, restore, restore_target
from tests.conftest import connect, context, fresh_database, quiet, store_records
from tests.db.records import record
from tests.services.conftest import ignore
from tests.services.rows import everything, unchanged

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
CHANGED = ("operation", "database_info", "event_seal", "event_seal_entry")
"""What a backup and a restore write themselves."""


def back_up(database: Database, file: Path, *, pg_bin: Path | None = None) -> BackupManifest:
    backup(database, file, pg_bin=pg_bin, now=NOW, say=quiet, advance=ignore)
    return read_manifest(file)


def put_back(
    database: Database,
    file: Path,
    *,
    keep: bool = False,
    disconnect: bool = False,
    accept_breaks: bool = False,
    say: Callable[[str], None] = quiet,
) -> RestoreResult:
    manifest = read_manifest(file)
    before, _ = restore_target(database, profile="test", embedded=False)
    check_restorable(database, manifest)
    return restore(
        database,
        file,
        manifest,
        before,
        pg_bin=None,
        keep=keep,
        disconnect=disconnect,
        accept_breaks=accept_breaks,
        home=file.parent / "home",
        now=NOW,
        say=say,
        advance=ignore,
    )


def databases(url: DatabaseUrl) -> set[str]:
    with connect(replace(url, database="postgres")) as admin:
        return {name for (name,) in admin.execute("SELECT datname FROM pg_database").fetchall()}


@contextmanager
def no_trace(url: DatabaseUrl) -> Iterator[None]:
    """Fail unless every row is what it was and no database came or went."""
    there = databases(url)
    with unchanged(url):
        yield
    assert databases(url) == there


@pytest.fixture(scope="module")
def monday(server: DatabaseUrl, samples: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the seeded samples, to be copied."""
    place = tmp_path_factory.mktemp("backup")
    with fresh_database(server, samples) as made, closing(Database(made, context=context("backup"))) as database:
        back_up(database, place / "monday.dump")
    return place / "monday.dump"


@pytest.fixture
def archive(monday: Path, tmp_path: Path) -> Path:
    """A backup of what `seeded_database` holds."""
    for path in (monday, manifest_of(monday)):
        shutil.copy2(path, tmp_path)
    return tmp_path / monday.name


def test_a_restored_database_holds_the_rows_that_were_backed_up(
    seeded_database: Database, archive: Path, url: DatabaseUrl
) -> None:
    before = {table: rows for table, rows in everything(seeded_database.url).items() if table not in CHANGED}
    other = Database(url, context=context())
    result = put_back(other, archive)
    after = everything(url)
    assert {table: rows for table, rows in after.items() if table not in CHANGED} == before
    assert (result.events_broken, result.kept_as) == (0, None)
    assert result.events == len(after["exception_event"]) > 0
    assert verify_events(other, AllTenants(), advance=ignore).broken == 0
    other.close()


def test_a_restore_is_entered_in_the_journal_that_it_brought_along(seeded_database: Database, archive: Path) -> None:
    put_back(seeded_database, archive)
    with seeded_database.begin(AllTenants(), read_only=True) as work:
        newest = work.operations.newest(1)[0]
    assert newest.after["digest"] == read_manifest(archive).digest


def test_the_log_that_came_along_is_sealed_in_the_new_epoch(seeded_database: Database, archive: Path) -> None:
    result = put_back(seeded_database, archive)
    rows = everything(seeded_database.url)
    assert {seal["epoch"] for seal in rows["event_seal"]} == {result.epoch}
    assert sum(int(str(seal["events"])) for seal in rows["event_seal"]) == result.events


def test_backing_up_the_same_rows_again_gives_the_same_digests(seeded_database: Database, tmp_path: Path) -> None:
    first, second = (back_up(seeded_database, tmp_path / name) for name in ("first", "second"))
    one, two = ({table.table: table for table in manifest.tables} for manifest in (first, second))
    assert one.pop("operation").rows + 1 == two.pop("operation").rows
    assert one == two


def test_a_digest_tells_a_changed_row_of_any_table(
    database: Database, url: DatabaseUrl, store: Callable[..., int], tmp_path: Path
) -> None:
    store(record("A", 1))
    before = {table.table: table.digest for table in back_up(database, tmp_path / "before").tables}
    with connect(url) as admin:
        admin.execute("UPDATE tenant SET name = name || E'\\n'")
        admin.execute("UPDATE exception SET owner = 'ada'")
    after = {table.table: table.digest for table in back_up(database, tmp_path / "after").tables}
    assert {name for name in before if before[name] != after[name]} == {"tenant", "exception", "operation"}


def test_archive_and_manifest_are_for_this_account_alone(monday: Path) -> None:
    for path in (monday, manifest_of(monday)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(monday.parent.iterdir()) == [monday, manifest_of(monday)]


@pytest.mark.parametrize("taken", ["monday.dump", "monday.dump.manifest.json"])
def test_a_backup_overwrites_neither_file(database: Database, tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("precious")
    with pytest.raises(Conflict, match="exists already"):
        back_up(database, tmp_path / "monday.dump")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(taken, "precious")]


def test_a_backup_that_fails_leaves_no_file(database: Database, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    fake = programs / "pg_dump"
    fake.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99.1" && exit\n'
        "echo 'pg_dump: error: the disk is on fire' >&2; exit 1\n"
    )
    fake.chmod(0o755)
    with pytest.raises(Unavailable) as caught:
        back_up(database, tmp_path / "monday.dump", pg_bin=programs)
    assert caught.value.code == "client_program_failed"
    assert "the disk is on fire" in (caught.value.why or "")
    assert list(tmp_path.iterdir()) == [programs]


def test_a_directory_that_is_not_there_is_named(database: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        back_up(database, tmp_path / "nowhere" / "monday.dump")
    assert caught.value.code == "file_unwritable"


def test_an_empty_database_has_nothing_to_back_up(empty_url: DatabaseUrl, tmp_path: Path) -> None:
    with pytest.raises(CheckFailed) as caught:
        back_up(Database(empty_url, context=context()), tmp_path / "monday.dump")
    assert caught.value.code == "schema_behind"


def test_somebody_elses_database_is_neither_backed_up_nor_replaced(
    empty_url: DatabaseUrl, archive: Path, tmp_path: Path
) -> None:
    with connect(empty_url) as admin:
        admin.execute("CREATE TABLE theirs (id int)")
    theirs = Database(empty_url, context=context())
    with no_trace(empty_url):
        for act in (lambda: back_up(theirs, tmp_path / "theirs.dump"), lambda: put_back(theirs, archive)):
            with pytest.raises(CheckFailed) as caught:
                act()
            assert caught.value.code == "foreign_database"


def _alter_archive(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def _alter_tables(file: Path) -> None:
    told = json.loads(manifest_of(file).read_text())
    told["tables"][0]["rows"] += 1
    manifest_of(file).write_text(json.dumps(told))


@pytest.mark.parametrize("alter", [_alter_archive, _alter_tables], ids=["archive", "manifest"])
def test_a_damaged_backup_is_refused_before_anything_is_made(
    seeded_database: Database, archive: Path, alter: Callable[[Path], None]
) -> None:
    alter(archive)
    with no_trace(seeded_database.url), pytest.raises(CheckFailed) as caught:
        put_back(seeded_database, archive)
    assert caught.value.code == "backup_damaged"


@pytest.mark.parametrize(
    ("text", "code"),
    [("{}", "invalid_manifest"), ("not JSON", "invalid_json"), ('{"format": 2}', "invalid_manifest")],
)
def test_a_manifest_that_cannot_be_read_is_invalid_input(archive: Path, text: str, code: str) -> None:
    manifest_of(archive).write_text(text)
    with pytest.raises(InvalidInput) as caught:
        read_manifest(archive)
    assert caught.value.code == code


@pytest.mark.parametrize("missing", [lambda file: file, manifest_of], ids=["archive", "manifest"])
def test_half_a_backup_is_none(archive: Path, missing: Callable[[Path], Path]) -> None:
    missing(archive).unlink()
    with pytest.raises(NotFound) as caught:
        read_manifest(archive)
    assert caught.value.code == "backup_not_found"


def rewrite(file: Path, **changes: object) -> None:
    """Change a manifest so that it is consistent in itself and with its archive."""
    manifest = BackupManifest.model_validate({**read_manifest(file).model_dump(), **changes})
    whole = manifest.model_copy(update={"digest": content_digest(manifest.tables)})
    manifest_of(file).write_text(whole.model_dump_json())


def test_rows_that_are_not_what_the_manifest_says_leave_the_target_as_it_was(
    seeded_database: Database, archive: Path
) -> None:
    tables = read_manifest(archive).tables
    forged = tuple(
        table.model_copy(update={"rows": 7} if table.table == "tenant" else {"digest": "0" * 64})
        if table.table in ("tenant", "exception")
        else table
        for table in tables
    )
    rewrite(archive, tables=[table.model_dump() for table in forged])
    with no_trace(seeded_database.url), pytest.raises(CheckFailed) as caught:
        put_back(seeded_database, archive)
    assert caught.value.code == "restore_differs"
    assert caught.value.why == "exception has other content; tenant has 2 rows, not 7"


def test_an_archive_that_pg_restore_cannot_read_leaves_the_target_as_it_was(
    seeded_database: Database, archive: Path
) -> None:
    told = read_manifest(archive).model_dump()
    archive.write_bytes(b"PGDMP, but nothing else")
    from sentinai_cli.db.backup import file_digest

    told |= {"archive_bytes": archive.stat().st_size, "archive_sha256": file_digest(archive)}
    manifest_of(archive).write_text(BackupManifest.model_validate(told).model_dump_json())
    with no_trace(seeded_database.url), pytest.raises(Unavailable) as caught:
        put_back(seeded_database, archive)
    assert caught.value.code == "client_program_failed"


@pytest.fixture
def broken_archive(database: Database, url: DatabaseUrl, tmp_path: Path) -> Path:
    """A backup of a log that somebody with all rights has altered."""
    store_records(database, record("A", 1), record("A", 2))
    with connect(url) as admin:
        admin.execute("ALTER TABLE exception_event DISABLE TRIGGER exception_event_append_only")
        admin.execute("UPDATE exception_event SET actor_id = 'me' WHERE exception_id = 'EX-000002' AND event_no = 1")
        admin.execute("ALTER TABLE exception_event ENABLE ALWAYS TRIGGER exception_event_append_only")
    back_up(database, tmp_path / "broken.dump")
    return tmp_path / "broken.dump"


def test_a_broken_event_log_is_restored_only_on_demand(database: Database, broken_archive: Path) -> None:
    with no_trace(database.url), pytest.raises(CheckFailed) as caught:
        put_back(database, broken_archive)
    assert caught.value.code == "events_broken"
    assert "EX-000002" in (caught.value.why or "")
    heard: list[str] = []
    result = put_back(database, broken_archive, accept_breaks=True, say=heard.append)
    assert result.events_broken == 1
    assert any("EX-000002" in note for note in heard)


def test_a_schema_that_had_drifted_is_restored_only_on_demand(
    database: Database, url: DatabaseUrl, tmp_path: Path
) -> None:
    with connect(url) as admin:
        admin.execute("DROP INDEX ix_exception_type")
    back_up(database, tmp_path / "drifted.dump")
    with no_trace(url), pytest.raises(CheckFailed) as caught:
        put_back(database, tmp_path / "drifted.dump")
    assert caught.value.code == "schema_drifted"
    assert "index ix_exception_type is missing" in (caught.value.why or "")
    assert put_back(database, tmp_path / "drifted.dump", accept_breaks=True).drift == 1


def test_an_older_schema_is_restored_as_it_was_and_its_events_are_verified_after_migrating(
    empty_url: DatabaseUrl, tmp_path: Path
) -> None:
    older = Database(empty_url, context=context())
    upgrade(older, say=quiet, environment=Environment.DEVELOPMENT, to="0003")
    back_up(older, tmp_path / "older.dump")
    heard: list[str] = []
    result = put_back(older, tmp_path / "older.dump", say=heard.append)
    assert (result.revision, result.drift) == ("0003", 0)
    assert result.events is not None or any("sentinai migrate" in note for note in heard)
    upgrade(older, say=quiet, environment=Environment.DEVELOPMENT)
    assert verify_events(older, AllTenants(), advance=ignore).broken == 0
    older.close()


def test_what_a_downgrade_has_archived_is_backed_up_too(database: Database, url: DatabaseUrl, tmp_path: Path) -> None:
    with connect(url) as admin:
        make_archive(admin)
        admin.execute("CREATE TABLE sentinai_archive.lost AS SELECT 'kept' AS word, '{\"a\": 1}'::jsonb AS more")
        admin.execute("ALTER TABLE sentinai_archive.lost OWNER TO sentinai_owner")
    manifest = back_up(database, tmp_path / "x.dump")
    assert {table.table: table.rows for table in manifest.tables}["sentinai_archive.lost"] == 1
    put_back(database, tmp_path / "x.dump")
    with connect(url) as admin:
        assert admin.execute("SELECT word FROM sentinai_archive.lost").fetchall() == [("kept",)]


def test_the_old_database_is_kept_whole_under_another_name(seeded_database: Database, archive: Path) -> None:
    store_records(seeded_database, record("LATER", 1))
    before = everything(seeded_database.url)
    result = put_back(seeded_database, archive, keep=True)
    assert result.kept_as is not None
    kept = replace(seeded_database.url, database=result.kept_as)
    assert everything(kept) == before
    assert "LATER" not in str(everything(seeded_database.url)["tenant"])
    with connect(replace(kept, database="postgres")) as admin:
        admin.execute(f'DROP DATABASE "{result.kept_as}"')


def test_a_database_that_is_not_there_is_made(seeded_database: Database, archive: Path, server: DatabaseUrl) -> None:
    new = Database(replace(server, database="brought_back"), context=context())
    try:
        before, target = restore_target(new, profile="test", embedded=False)
        assert (before.state, before.holds_something, target.revision) == (None, False, None)
        result = put_back(new, archive, keep=True)
        assert result.kept_as is None
        assert verify_events(new, AllTenants(), advance=ignore).exceptions == 100
    finally:
        new.close()
        with connect(server) as admin:
            admin.execute("DROP DATABASE IF EXISTS brought_back WITH (FORCE)")


def test_the_target_keeps_its_mark_and_the_epoch_grows_past_both(
    seeded_database: Database, archive: Path, server: DatabaseUrl, template: str
) -> None:
    with fresh_database(server, template) as url:
        other = Database(url, context=context())
        set_environment(other, Environment.STAGING)
        with other.begin(Maintenance("test")) as work:
            work.database_info.set_epoch(7)
        result = put_back(other, archive)
        assert (result.environment, result.epoch) == (Environment.STAGING, 8)
        assert put_back(other, archive).epoch == 9
        with other.begin(AllTenants(), read_only=True) as work:
            assert (work.database_info.environment(), work.database_info.epoch()) == (Environment.STAGING, 9)
        other.close()


def test_a_database_in_use_is_not_replaced_unless_sessions_may_be_ended(
    seeded_database: Database, archive: Path
) -> None:
    with connect(seeded_database.url) as user:
        user.execute("SET application_name = 'the platform'")
        with no_trace(seeded_database.url), pytest.raises(Conflict) as caught:
            put_back(seeded_database, archive)
        assert caught.value.code == "database_in_use"
        assert "the platform" in (caught.value.why or "")
        assert put_back(seeded_database, archive, disconnect=True).epoch == 2


def test_who_may_connect_and_who_owns_the_database_stays_as_it_was(seeded_database: Database, archive: Path) -> None:
    name = seeded_database.url.database
    rights = f"SELECT datdba::regrole::text, datacl::text FROM pg_database WHERE datname = '{name}'"
    with connect(replace(seeded_database.url, database="postgres")) as admin:
        admin.execute("CREATE ROLE lender NOLOGIN")
        try:
            admin.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
            admin.execute(f"GRANT CONNECT ON DATABASE {name} TO sentinai_app")
            admin.execute(f"ALTER DATABASE {name} OWNER TO lender")
            before = admin.execute(rights).fetchone()
            put_back(seeded_database, archive)
            assert admin.execute(rights).fetchone() == before
        finally:
            admin.execute(f"ALTER DATABASE {name} OWNER TO sentinai")
            admin.execute("DROP ROLE lender")


def test_what_a_killed_restore_left_is_dropped_by_the_next(seeded_database: Database, archive: Path) -> None:
    left = f"{seeded_database.url.database}_restoring_0123abcd"
    with connect(replace(seeded_database.url, database="postgres")) as admin:
        admin.execute(f"CREATE DATABASE {left}")
    put_back(seeded_database, archive)
    assert left not in databases(seeded_database.url)


def test_a_server_older_than_the_backups_is_refused(seeded_database: Database, archive: Path) -> None:
    rewrite(archive, server_major=99, server_version="99.1")
    with no_trace(seeded_database.url), pytest.raises(Refused) as caught:
        put_back(seeded_database, archive)
    assert caught.value.code == "server_too_old"


def test_a_backup_of_a_newer_tool_is_refused(seeded_database: Database, archive: Path) -> None:
    rewrite(archive, revision="9999")
    with no_trace(seeded_database.url), pytest.raises(CheckFailed) as caught:
        put_back(seeded_database, archive)
    assert caught.value.code == "unknown_revision"


def test_the_servers_own_databases_are_not_replaced(server: DatabaseUrl) -> None:
    with pytest.raises(Refused) as caught:
        restore_target(
            Database(replace(server, database="postgres"), context=context()), profile="test", embedded=False
        )
    assert caught.value.code == "maintenance_database"


@pytest.mark.slow
def test_a_database_of_the_longest_name_is_restored_and_kept(
    seeded_database: Database, archive: Path, server: DatabaseUrl, template: str
) -> None:
    name = "n" * 63
    with connect(server) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    other = Database(replace(server, database=name), context=context())
    result = put_back(other, archive, keep=True)
    assert result.kept_as is not None
    assert len(result.kept_as) == 63
    assert restore_target(other, profile="test", embedded=False)[0].state is SchemaState.UP_TO_DATE
    other.close()
    with connect(server) as admin:
        admin.execute(f"DROP DATABASE {name}")
        admin.execute(f"DROP DATABASE {result.kept_as}")
