"""The oldest entries of the journal leave by one door, written down before, and the newest never."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Conflict, InvalidInput, Refused
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.journal_cut import JournalManifest
from sentinai_cli.models.operation import OperationFilter
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.services.journal_cut import cut_journal
from sentinai_cli.services.operation import list_operations
from tests.conftest import connect
from tests.db.records import record
from tests.services.rows import everything, unchanged

OLD = """
    INSERT INTO operation (operation_id, at, command, arguments, actor, outcome, duration_ms, before, after,
                           tool_version, reads)
    SELECT gen_random_uuid(), now() - n * '1 day'::interval, 'test', '{}', 'ada', 'done', 1, '{}', '{}', '0', n % 2 = 0
    FROM generate_series(1, 100) AS n
"""
CUT = "INSERT INTO journal_cut (cut_id, until, entries, sha256, cut_by) VALUES ('{}', {}, 1, repeat('0', 64), 'x')"


@pytest.fixture
def aged(url: DatabaseUrl, database: Database) -> Database:
    """A journal with an entry for each of the last hundred days."""
    with connect(url) as admin:
        admin.execute(OLD)
    return database


def now() -> datetime:
    return datetime.now(UTC)


def test_what_is_cut_off_is_written_down_first_and_its_digest_stays(
    aged: Database, url: DatabaseUrl, tmp_path: Path
) -> None:
    before = everything(url)["operation"]
    done = cut_journal(aged, tmp_path, older_than=60, now=now())
    after = everything(url)["operation"]
    assert done.export is not None
    data = (Path(done.export) / "operations.jsonl").read_bytes()
    written = [json.loads(line) for line in data.splitlines()]
    gone = [row for row in before if row not in after]
    assert sorted(written, key=str) == sorted(gone, key=str)
    assert done.entries == len(gone) in (40, 41)
    assert hashlib.sha256(data).hexdigest() == done.sha256
    manifest = JournalManifest.model_validate_json((Path(done.export) / "manifest.json").read_bytes())
    assert manifest.files[0].sha256 == done.sha256
    (entry,) = list_operations(aged, OperationFilter(since=now() - timedelta(minutes=5)), limit=9).items
    assert entry.after == {"entries": done.entries, "sha256": done.sha256}
    with connect(url) as admin:
        assert admin.execute("SELECT entries, sha256 FROM journal_cut").fetchone() == (done.entries, done.sha256)
    again = cut_journal(aged, tmp_path, older_than=60, now=now())
    assert (again.entries, again.export) == (0, None)


def test_too_short_a_window_a_hold_and_a_place_that_cannot_be_written(
    aged: Database, url: DatabaseUrl, store: Callable[..., int], tmp_path: Path
) -> None:
    store(record("A", 1))
    (tmp_path / "file").write_text("")
    with unchanged(url):
        with pytest.raises(InvalidInput):
            cut_journal(aged, tmp_path, older_than=29, now=now())
        with pytest.raises(InvalidInput):
            cut_journal(aged, tmp_path / "file", older_than=60, now=now())
        with pytest.raises(Refused):  # a clock that runs ahead
            cut_journal(aged, tmp_path, older_than=30, now=now() + timedelta(days=10))
    with aged.begin(TenantScope("A")) as work:
        work.legal_holds.place("A", uuid4(), exception_id=None, reason="x", by="x")
    with unchanged(url), pytest.raises(Refused) as caught:
        cut_journal(aged, tmp_path, older_than=60, now=now())
    assert caught.value.code == "legal_hold"


def test_a_name_that_is_taken_keeps_the_journal(aged: Database, url: DatabaseUrl, tmp_path: Path) -> None:
    moment = now()
    (tmp_path / f"journal.{moment:%Y%m%dT%H%M%SZ}").mkdir()
    with unchanged(url), pytest.raises(Conflict):
        cut_journal(aged, tmp_path, older_than=60, now=moment)


@pytest.mark.parametrize(
    "statements",
    [
        ("DELETE FROM operation",),
        (CUT.format(uuid4(), "now()"), "DELETE FROM operation"),
        (CUT.format(uuid4(), "now() - '40 days'::interval"), "DELETE FROM operation"),
        (CUT.format(uuid4(), "now() - '40 days'::interval"), "UPDATE operation SET actor = 'me'"),
        (CUT.format(uuid4(), "now() - '40 days'::interval"), "TRUNCATE operation"),
        (CUT.format(uuid4(), "now() - '40 days'::interval"), "DELETE FROM journal_cut"),
        (CUT.format(uuid4(), "now() - '40 days'::interval"), "UPDATE journal_cut SET entries = 2"),
    ],
    ids=["no cut", "too young", "more than was cut", "change", "truncate", "delete a cut", "change a cut"],
)
def test_the_door_lets_nothing_else_through(aged: Database, url: DatabaseUrl, statements: tuple[str, ...]) -> None:
    roles = ("sentinai_owner", "sentinai_operator", "sentinai_app", "none")
    with unchanged(url), connect(url) as connection:
        for role in roles:
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(f"SET LOCAL ROLE {role}")
                for statement in statements:
                    connection.execute(statement)


def test_the_cut_of_an_earlier_transaction_opens_nothing(aged: Database, url: DatabaseUrl) -> None:
    with connect(url) as connection:
        connection.execute("SET ROLE sentinai_owner")
        connection.execute(CUT.format(uuid4(), "now() - '40 days'::interval"))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("DELETE FROM operation WHERE at < now() - '50 days'::interval")
