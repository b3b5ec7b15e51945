"""`sentinai migrate …` as it is typed: results, exit codes, errors as data."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from sentinai_cli.db import migration_script
from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import FINANCE
from tests.commands.operator import Operator
from tests.conftest import connect
from tests.db.revision import Revisions

HEAD = migration_script.head()


def within(operator: Operator, **environ: str) -> Operator:
    """The same operator, with these variables too."""
    return replace(operator, environ={**operator.environ, **environ})


@pytest.fixture
def revisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Revisions:
    made = Revisions(tmp_path / "migrations")
    monkeypatch.setattr(migration_script, "bundled", lambda _: made.place)
    return made


def test_from_empty_to_up_to_date_and_again(empty: Operator, tmp_path: Path) -> None:
    state = empty("migrate", "status", "-o", "json")
    assert (state.code, state.document["state"], state.document["next_command"]) == (0, "empty", "sentinai migrate")
    first = empty("migrate", "--environment", "staging", "--reason", "go", "-o", "json")
    assert (first.code, first.document["after"], first.document["environment"]) == (0, HEAD, "staging")
    again = empty("migrate", "-o", "json")
    assert (again.code, again.document["applied"]) == (0, [])
    assert "up to date; nothing was changed" in again.err
    assert empty("migrate", "check").code == 0
    (line,) = Path(empty.environ["SENTINAI_HOME"], "journal.jsonl").read_text().splitlines()
    entry = json.loads(line)
    assert (entry["command"], entry["reason"]) == ("migrate upgrade", "go")
    assert entry["after"] == {"revision": HEAD, "environment": "staging"}


def test_a_home_that_cannot_be_written_is_a_note_and_no_failure(empty: Operator, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = within(empty, SENTINAI_HOME=str(tmp_path / "file" / "home"))("migrate")
    assert ran.code == 0
    assert "the local journal" in ran.err
    assert "was not written" in ran.err


def test_the_local_journal_is_for_its_owner_alone_and_follows_no_link(
    empty: Operator, empty_url: DatabaseUrl, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    journal = home / "journal.jsonl"
    journal.symlink_to(tmp_path / "elsewhere")
    somebody = within(empty, SENTINAI_HOME=str(home))
    assert "was not written" in somebody("migrate").err
    assert not (tmp_path / "elsewhere").exists()
    journal.unlink()
    gone = somebody("migrate", "down", "base", "--allow-data-loss", "--confirm", str(empty_url.database))
    assert gone.code == 0, gone.err
    assert journal.stat().st_mode & 0o777 == 0o600


def test_migrating_up_to_a_revision_and_the_rest_later(empty: Operator) -> None:
    assert empty("migrate", "--to", "0002", "-o", "json").document["after"] == "0002"
    behind = empty("migrate", "check", "-o", "json")
    assert (behind.code, behind.failure["code"]) == (4, "schema_not_as_it_should_be")
    assert behind.failure["fix"] == "sentinai migrate"
    assert behind.document["drift"] == []
    assert empty("migrate", "upgrade", "-o", "json").document["before"] == "0002"


def test_drift_is_printed_and_exit_4(migrated: Operator, url: DatabaseUrl) -> None:
    with connect(url) as admin:
        admin.execute("DROP POLICY tenant_scope ON exception")
    ran = migrated("migrate", "check", "-o", "json")
    assert ran.code == 4
    assert ran.failure["why"] == "policy exception.tenant_scope is missing"
    (drift,) = ran.document["drift"]
    assert (drift["kind"], drift["name"], drift["problem"]) == ("policy", "exception.tenant_scope", "missing")
    assert "exception.tenant_scope" in migrated("migrate", "check", terminal=True).out


@pytest.mark.parametrize(
    ("words", "code", "name"),
    [
        (("--to", "9999"), 3, "revision_not_found"),
        (("--to", "0002"), 2, "revision_behind"),
        (("--lock-timeout", "soon"), 2, "invalid_number"),
        (("plan", "--to", "9999"), 3, "revision_not_found"),
        (("plan", "--from", "9999"), 3, "revision_not_found"),
        (("down", "9999"), 3, "revision_not_found"),
        (("down", "0004"), 7, "not_confirmed"),
        (("new", "!!"), 2, "invalid_message"),
        (("lint", "no-such-file.sql"), 2, "file_unreadable"),
        (("nonsense",), 2, "unknown_command"),
        (("--nonsense",), 2, "unknown_option"),
    ],
)
def test_every_error_has_its_exit_code_and_is_data(
    words: tuple[str, ...], code: int, name: str, migrated: Operator
) -> None:
    ran = migrated("migrate", *words, "-o", "json", "--no-input")
    assert (ran.code, ran.out) == (code, "")
    assert ran.failure["code"] == name


@pytest.mark.parametrize("words", [(), ("status",), ("check",), ("history",), ("plan",), ("down", "previous")])
def test_an_unreachable_database_is_exit_5_without_its_password(words: tuple[str, ...], operator: Operator) -> None:
    address = "postgresql://ops:hunter2secret@127.0.0.1:1/sentinai"
    ran = within(operator, SENTINAI_DATABASE_URL=address)("migrate", *words, "-o", "json")
    assert (ran.code, ran.out) == (5, "")
    assert ran.failure["code"] == "database_unavailable"
    assert "hunter2secret" not in ran.err


@pytest.mark.parametrize("words", [(), ("plan",), ("check",), ("down", "0001")])
def test_a_foreign_database_is_exit_4(words: tuple[str, ...], empty: Operator, empty_url: DatabaseUrl) -> None:
    with connect(empty_url) as admin:
        admin.execute("CREATE TABLE theirs (id int)")
    ran = empty("migrate", *words, "-o", "json")
    assert ran.code == 4
    assert "theirs" in ran.failure["why"]


def test_a_blocked_migration_is_exit_6_and_names_who_blocks(
    migrated: Operator, url: DatabaseUrl, revisions: Revisions
) -> None:
    revisions.add("op.execute('ALTER TABLE exception ADD COLUMN note text')")
    with connect(url) as reader, reader.transaction(force_rollback=True):
        reader.execute("SELECT count(*) FROM exception")
        ran = migrated("migrate", "--lock-timeout", "0.3", "-o", "json")
        assert (ran.code, ran.failure["code"]) == (6, "migration_blocked")
        assert f"pid {reader.info.backend_pid}" in ran.failure["why"]


def test_going_back_asks_and_with_data_wants_the_name(seeded: Operator, seeded_url: DatabaseUrl) -> None:
    assert seeded("migrate", "down", "0005", answers="n\n").code == 7
    assert seeded("migrate", "down", "0005", "--no-input").code == 7
    refused = seeded("migrate", "down", "0002", "-o", "json")
    assert (refused.code, refused.failure["code"]) == (7, "data_loss")
    assert "exception (100 rows)" in refused.failure["why"]
    words = ("migrate", "down", "0002", "--allow-data-loss", "-o", "json")
    assert seeded(*words, "--confirm", "wrong").failure["code"] == "wrong_confirmation"
    assert seeded("exceptions", "list", "--tenant", FINANCE).code == 0
    done = seeded(*words, "--confirm", str(seeded_url.database))
    assert (done.code, done.document["after"]) == (0, "0002")
    assert {"exception", "exception_event"} <= {one["table"] for one in done.document["archives"]}


def test_a_production_database_loses_no_data_this_way(seeded: Operator, seeded_url: DatabaseUrl) -> None:
    assert seeded("db", "environment", "set", "production").code == 0
    words = ("migrate", "down", "0002", "--allow-data-loss", "--confirm", str(seeded_url.database))
    ran = seeded(*words, "-o", "json")
    assert (ran.code, ran.failure["code"]) == (7, "production_protected")


def test_the_history_tells_when_and_by_which_version(migrated: Operator) -> None:
    items = migrated("migrate", "history", "-o", "json").document["items"]
    assert [item["revision"] for item in items] == migration_script.revisions()
    assert {item["state"] for item in items} == {"applied"}
    assert all(item["applied_at"] and item["tool_version"] for item in items)


def test_a_plan_needs_no_database_when_it_is_told_where_to_begin(operator: Operator) -> None:
    ran = operator("migrate", "plan", "--from", "base", "--to", "0001", "-o", "json")
    assert ran.code == 0
    assert ran.document["items"][0]["sql"].startswith("CREATE TABLE alembic_version")
    assert "offline" in operator("migrate", "plan", "--from", "0004", terminal=True).out


def test_the_linter_finds_and_is_exit_4_and_our_own_revisions_are_clean(operator: Operator) -> None:
    clean = operator("migrate", "lint", "-o", "json")
    assert (clean.code, clean.document["items"]) == (0, [])
    (operator.cwd / "change.sql").write_text("SET lock_timeout = '1s';\nCREATE INDEX ix ON exception (owner);\n")
    found = operator("migrate", "lint", str(operator.cwd / "change.sql"), "-o", "json")
    assert (found.code, found.failure["code"]) == (4, "dangerous_sql")
    assert [(one["line"], one["rule"]) for one in found.document["items"]] == [(2, "index_blocks_writes")]
    piped = operator("migrate", "lint", "-", "-o", "json", piped=b"DROP TABLE a CASCADE")
    assert {one["rule"] for one in piped.document["items"]} == {"no_lock_timeout", "drop_loses_data", "cascade"}
    assert operator("migrate", "lint", "-", piped=b"\xff").code == 2


def test_nothing_is_printed_for_a_dba_where_nothing_is_missing(migrated: Operator) -> None:
    ran = migrated("migrate", "--print-role-sql")
    assert (ran.code, ran.out) == (0, "")
    assert "nothing is missing" in ran.err


def test_what_a_dba_must_run_is_printed_as_sql(empty: Operator, empty_url: DatabaseUrl) -> None:
    with connect(empty_url) as admin:
        ran = empty("migrate", "--print-role-sql")
        assert (ran.code, ran.out) == (0, 'GRANT USAGE, CREATE ON SCHEMA public TO "sentinai_owner";\n')
        admin.execute(ran.out.encode())
        assert empty("migrate", "--print-role-sql").out == ""


def test_a_new_revision_is_a_skeleton_that_asks_for_its_safety(operator: Operator, revisions: Revisions) -> None:
    ran = operator("migrate", "new", "add a note", "-o", "json")
    assert ran.code == 0, ran.err
    path = Path(ran.document["path"])
    assert path.parent == revisions.place / "versions"
    assert path.name == f"{ran.document['revision']}_add_a_note.py"
    assert int(ran.document["revision"]) == int(HEAD) + 1
    text = path.read_text()
    assert text.startswith('"""Add a note.\n\nSafety: TODO')
    compile(text, path, "exec")


def test_a_new_revision_is_filled_in_from_the_tables(
    migrated: Operator, url: DatabaseUrl, revisions: Revisions
) -> None:
    with connect(url) as admin:
        admin.execute("ALTER TABLE exception DROP COLUMN currency")
        admin.execute("DROP INDEX ix_exception_type")
    ran = migrated("migrate", "new", "what is missing", "--autogenerate", "-o", "json")
    assert ran.code == 0, ran.err
    text = Path(ran.document["path"]).read_text()
    assert 'op.add_column("exception"' in text.replace("'", '"')
    assert "ix_exception_type" in text
    compile(text, ran.document["path"], "exec")


def test_an_unfinished_revision_is_found_by_the_linter(operator: Operator, revisions: Revisions) -> None:
    revisions.add("pass")
    path = next((revisions.place / "versions").glob(f"{revisions.head}_*.py"))
    path.write_text(path.read_text().replace('."""', '.\n\nSafety: TODO think.\n"""', 1))
    ran = operator("migrate", "lint", "-o", "json")
    assert (ran.code, [one["rule"] for one in ran.document["items"]]) == (4, ["unstated_safety"])
