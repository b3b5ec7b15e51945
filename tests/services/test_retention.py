"""What is beyond its time to live goes once it is written down, and nothing else does."""

import hashlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import CheckFailed, InvalidInput, NotFound, Refused
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.erasure import ErasureManifest, ErasureReceipt
from sentinai_cli.models.event_hash import GENESIS, chain_hash, event_leaf
from sentinai_cli.models.exception import Status
from sentinai_cli.models.retention import RetentionPlan, RetentionRun
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services import erasure_export
from sentinai_cli.services.environment import set_environment
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.event_seal import seal_events
from sentinai_cli.services.legal_hold import place_hold
from sentinai_cli.services.retention import plan_retention
from sentinai_cli.services.retention_run import run_retention
from tests.conftest import connect, context
from tests.db.records import EPOCH, record
from tests.services.conftest import AS_OF, ignore
from tests.services.rows import everything, unchanged

TOP = Path(__file__).parents[2]
LATER = EPOCH + timedelta(days=100)
FINANCE, HEALTHCARE = "TENANT_FINANCE_001", "TENANT_HEALTHCARE_042"
DUE, PATIENCE = 12, 30.0


@pytest.fixture
def stored(store: Callable[..., int], database: Database) -> Database:
    """Two tenants, each with 12 exceptions that were resolved long ago, 3 lately, and 3 that are open."""
    store(
        *(
            one
            for tenant_id in ("A", "B")
            for one in (
                *(record(tenant_id, number, status=Status.RESOLVED) for number in range(1, 13)),
                *(record(tenant_id, n, status=Status.RESOLVED, created_at=LATER) for n in range(21, 24)),
                *(record(tenant_id, number) for number in range(31, 34)),
            )
        )
    )
    return database


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure_export, "BATCH", 5)


def plan(database: Database, tenant_id: str | None = "A", older_than: int | None = 90) -> RetentionPlan:
    scope = AllTenants() if tenant_id is None else TenantScope(tenant_id)
    return plan_retention(database, scope, older_than=older_than, now=LATER, advance=ignore)


def run(database: Database, place: Path, tenant_id: str | None = "A", **options: Any) -> RetentionRun:
    return run_retention(database, plan(database, tenant_id), place, now=LATER, advance=options.get("advance", ignore))


def of(url: DatabaseUrl, tenant_id: str) -> dict[str, list[dict[str, object]]]:
    """What a tenant has, but for the journal."""
    found = everything(url)
    del found["operation"]
    return {table: [row for row in rows if row.get("tenant_id") == tenant_id] for table, rows in found.items()}


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def assert_whole(database: Database) -> None:
    verified = verify_events(database, AllTenants(), advance=ignore, folded=True)
    assert (verified.broken, verified.breaks) == (0, ())


def test_a_plan_says_what_is_due_and_changes_nothing(url: DatabaseUrl, stored: Database) -> None:
    with unchanged(url):
        found = plan(stored, None)
    assert [(item.tenant_id, item.candidates, item.events, item.held) for item in found.items] == [
        ("A", DUE, 3 * DUE, 0),
        ("B", DUE, 3 * DUE, 0),
    ]
    first = found.items[0]
    assert (first.ttl_days, first.source, first.policy_days) == (90, "older-than", None)
    assert first.oldest == EPOCH + timedelta(minutes=1, seconds=2)
    assert first.newest == EPOCH + timedelta(minutes=12, seconds=2)
    assert first.cutoff == LATER - timedelta(days=90)
    assert 3_000 < first.estimated_bytes < 60_000


def test_without_a_word_on_how_long_nothing_is_due(stored: Database, tmp_path: Path) -> None:
    found = plan(stored, None, older_than=None)
    assert [(item.ttl_days, item.source, item.cutoff, item.candidates) for item in found.items] == [
        (None, None, None, 0)
    ] * 2
    assert run_retention(stored, found, tmp_path, now=LATER, advance=ignore).items == ()


def test_how_long_comes_from_the_active_policy_pack(seeded_database: Database) -> None:
    later = AS_OF + timedelta(days=200)
    found = plan_retention(seeded_database, AllTenants(), older_than=None, now=later, advance=ignore)
    finance, healthcare = found.items
    assert (finance.ttl_days, finance.source) == (90, f"policy:{FINANCE}@1")
    assert (healthcare.ttl_days, healthcare.source) == (2190, f"policy:{HEALTHCARE}@1")
    assert finance.candidates > 0
    assert healthcare.candidates == 0
    (early,) = plan_retention(seeded_database, TenantScope(FINANCE), older_than=5, now=later, advance=ignore).items
    assert (early.is_early, early.source, early.policy_days) == (True, "older-than", 90)


def test_what_is_exported_is_what_is_erased_and_speaks_for_itself(
    url: DatabaseUrl, stored: Database, tmp_path: Path
) -> None:
    before = of(url, "A")
    (done,) = run(stored, tmp_path).items
    after = of(url, "A")
    place = Path(done.export)
    manifest = ErasureManifest.model_validate_json((place / "manifest.json").read_bytes())
    receipt = ErasureReceipt.model_validate_json((place / "receipt.json").read_bytes())
    for file in manifest.files:
        data = (place / file.name).read_bytes()
        assert (file.bytes, file.lines, file.sha256) == (
            len(data),
            data.count(b"\n"),
            hashlib.sha256(data).hexdigest(),
        )
    vanished = {
        table: [row for row in before[table] if row not in after[table]] for table in ("exception", "exception_event")
    }
    assert done.exported == done.erased == manifest.exceptions == receipt.exceptions == len(vanished["exception"])
    assert done.events == manifest.events == receipt.events == len(vanished["exception_event"])
    exceptions, events = lines(place / "exceptions.jsonl"), lines(place / "events.jsonl")
    assert [one["exception_id"] for one in exceptions] == [f"EX-{number:06d}" for number in range(1, DUE + 1)]
    gone = {str(row["exception_id"]): row for row in vanished["exception"]}
    for one in exceptions:
        row = gone[one["exception_id"]]
        assert (one["raw_payload"], one["status"], one["amount"]) == (row["raw_payload"], "resolved", "10.50")
        link = GENESIS
        for event in (event for event in events if event["exception_id"] == one["exception_id"]):
            leaf = event_leaf(
                tenant_id=event["tenant_id"],
                exception_id=event["exception_id"],
                event_id=UUID(event["event_id"]),
                event_type=event["event_type"],
                actor_type=event["actor"]["type"],
                actor_id=event["actor"]["id"],
                payload=event["payload"],
                created_at=datetime.fromisoformat(event["timestamp"]),
            )
            link = chain_hash(link, event["event_no"], leaf)
        assert link.hex() == one["last_event_hash"]
    assert oct(place.stat().st_mode)[-3:] == "700"
    assert {oct(file.stat().st_mode)[-3:] for file in place.iterdir()} == {"600"}


def test_afterwards_the_log_verifies_and_other_tenants_are_as_they_were(
    url: DatabaseUrl, stored: Database, tmp_path: Path
) -> None:
    seal_events(stored, AllTenants(), now=LATER, advance=ignore)
    other = of(url, "B")
    (done,) = run(stored, tmp_path).items
    assert of(url, "B") == other
    assert_whole(stored)
    with connect(url) as admin:
        kept = admin.execute("SELECT count(*), sum(events) FROM erasure WHERE tenant_id = 'A'").fetchone()
    assert kept == (done.erased, done.events) == (DUE, 3 * DUE)
    seal_events(stored, AllTenants(), now=LATER, advance=ignore)
    assert_whole(stored)


def test_repeating_a_run_changes_nothing_and_the_journal_says_both(stored: Database, tmp_path: Path) -> None:
    run(stored, tmp_path)
    files = sorted(tmp_path.rglob("*"))
    assert run(stored, tmp_path).items == ()
    assert sorted(tmp_path.rglob("*")) == files
    with stored.begin(AllTenants()) as work:
        last, done, begun = work.operations.newest(3)
    assert (last.outcome, done.outcome, begun.outcome) == ("unchanged", "done", "done")
    assert done.after["exceptions"] == DUE
    assert done.before["begun_by"] == str(begun.operation_id)


def _in_hand(database: Database, reason: str) -> Database:
    database.context = replace(context("retention hold"), reason=reason)
    return database


@pytest.mark.parametrize("whole", [True, False])
def test_what_is_held_is_neither_exported_nor_erased(stored: Database, tmp_path: Path, whole: bool) -> None:
    place_hold(_in_hand(stored, "case"), "A", None if whole else "EX-000003", now=LATER)
    (item,) = plan(stored).items
    assert (item.candidates, item.held) == (DUE, DUE if whole else 1)
    done = run(stored, tmp_path).items
    assert [one.erased for one in done] == ([] if whole else [DUE - 1])
    assert not any("EX-000003" in path.read_text() for path in tmp_path.rglob("*.jsonl"))
    with stored.begin(TenantScope("A")) as work:
        assert work.exceptions.get("A", "EX-000003") is not None


def test_a_hold_placed_while_a_run_is_under_way_keeps_what_has_not_gone_yet(
    stored: Database, url: DatabaseUrl, tmp_path: Path
) -> None:
    steps: list[int] = []
    counsel = Database(url, context=replace(context("retention hold"), reason="case"))

    def advance(_: int) -> None:
        steps.append(1)
        if len(steps) == 4:  # three batches were exported, one is erased
            place_hold(counsel, "A", None, now=LATER)

    (done,) = run(stored, tmp_path, advance=advance).items
    counsel.close()
    assert (done.exported, done.erased, done.held, done.changed) == (DUE, 5, DUE - 5, 0)
    assert len(of(url, "A")["erasure"]) == 5
    assert_whole(stored)


def test_what_changes_after_it_was_exported_stays(stored: Database, url: DatabaseUrl, tmp_path: Path) -> None:
    from tests.services.test_event_seal import say

    steps: list[int] = []

    def advance(_: int) -> None:
        steps.append(1)
        if len(steps) == 3:
            say(stored, "wait", "EX-000002")

    (done,) = run(stored, tmp_path, advance=advance).items
    assert (done.exported, done.erased, done.changed) == (DUE, DUE - 1, 1)
    assert "EX-000002" in {row["exception_id"] for row in of(url, "A")["exception"]}
    assert_whole(stored)


def test_of_two_runs_at_once_each_counts_what_it_erased_itself(
    stored: Database, url: DatabaseUrl, tmp_path: Path
) -> None:
    steps: list[int] = []
    others: list[RetentionRun] = []

    def advance(_: int) -> None:
        steps.append(1)
        if len(steps) == 4:  # all of it is exported, a batch is erased
            others.append(run(stored, tmp_path / "other"))

    (done,) = run(stored, tmp_path / "own", advance=advance).items
    (other,) = others[0].items
    assert (done.exported, done.erased, done.changed) == (DUE, 5, DUE - 5)
    assert (other.exported, other.erased, other.changed) == (DUE - 5, DUE - 5, 0)
    assert len(of(url, "A")["erasure"]) == DUE
    assert_whole(stored)


def test_a_chain_that_does_not_hold_is_evidence_and_stops_the_run(
    stored: Database, url: DatabaseUrl, tmp_path: Path
) -> None:
    with connect(url) as admin:
        admin.execute("ALTER TABLE exception_event DISABLE TRIGGER ALL")
        admin.execute("UPDATE exception_event SET actor_id = 'me' WHERE tenant_id = 'A' AND exception_id = 'EX-000007'")
    before = of(url, "A")
    with pytest.raises(CheckFailed) as caught:
        run(stored, tmp_path)
    assert (caught.value.code, caught.value.fix) == ("events_broken", "sentinai events verify --tenant A")
    assert of(url, "A") == before
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_was_altered_erases_nothing(stored: Database, url: DatabaseUrl, tmp_path: Path) -> None:
    class Gone(Exception):
        """The run ends between its export and its erasure."""

    def advance(_: int) -> None:
        if any(tmp_path.glob("A.*")):
            raise Gone

    with pytest.raises(Gone):
        run(stored, tmp_path, advance=advance)
    (heads,) = tmp_path.glob("A.*/heads.jsonl")
    heads.write_bytes(heads.read_bytes().replace(b"EX-000009", b"EX-000031"))
    before = of(url, "A")
    with pytest.raises(CheckFailed, match="manifest"):
        run(stored, tmp_path)
    assert of(url, "A") == before


def test_on_production_nothing_goes_sooner_than_the_policy_says(seeded_database: Database, tmp_path: Path) -> None:
    set_environment(seeded_database, Environment.PRODUCTION)
    early = plan_retention(seeded_database, AllTenants(), older_than=1, now=LATER, advance=ignore)
    with unchanged(seeded_database.url), pytest.raises(Refused) as caught:
        run_retention(seeded_database, early, tmp_path, now=LATER, advance=ignore)
    assert caught.value.code == "sooner_than_policy"


def test_a_place_that_cannot_be_written_and_a_tenant_that_is_not_there(
    stored: Database, url: DatabaseUrl, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    before = of(url, "A")
    with pytest.raises(InvalidInput):
        run(stored, tmp_path / "file")
    with pytest.raises(NotFound):
        plan(stored, "NOBODY")
    assert of(url, "A") == before


@pytest.fixture
def killed(stored: Database, url: DatabaseUrl, tmp_path: Path) -> Callable[[int], None]:
    def kill(times: int) -> None:
        words = [sys.executable, "-m", "tests.services.retention_victim", url.text, str(tmp_path), str(times)]
        with subprocess.Popen(words, cwd=TOP) as process:
            assert process.wait(PATIENCE) == -signal.SIGKILL

    return kill


def assert_as_undisturbed(stored: Database, url: DatabaseUrl, place: Path) -> None:
    """Repeat the run: all that was due is gone, each of it once in an export, and the receipts add up to it."""
    run(stored, place, None)
    for tenant_id in ("A", "B"):
        rows = of(url, tenant_id)
        assert len(rows["exception"]) == 6
        assert len(rows["erasure"]) == DUE
    exports = [path.parent for path in place.glob("*/manifest.json")]
    receipts = [ErasureReceipt.model_validate_json((export / "receipt.json").read_bytes()) for export in exports]
    assert (sum(one.exceptions for one in receipts), sum(one.events for one in receipts)) == (2 * DUE, 6 * DUE)
    written = [(one["tenant_id"], one["exception_id"]) for e in exports for one in lines(e / "exceptions.jsonl")]
    assert {(row["tenant_id"], row["exception_id"]) for t in ("A", "B") for row in of(url, t)["erasure"]} <= set(
        written
    )
    assert run(stored, place, None).items == ()
    assert_whole(stored)


@pytest.mark.slow
@pytest.mark.parametrize("times", [1, 3, 4, 5, 6, 7, 9, 12])
def test_killed_anywhere_and_repeated_it_ends_as_if_nothing_had_happened(
    stored: Database, url: DatabaseUrl, tmp_path: Path, killed: Callable[[int], None], times: int
) -> None:
    killed(times)
    assert_as_undisturbed(stored, url, tmp_path)


@pytest.mark.slow
def test_killed_in_the_middle_of_a_batch_it_has_not_erased_any_of_it(
    stored: Database, url: DatabaseUrl, tmp_path: Path
) -> None:
    words = [sys.executable, "-m", "tests.services.retention_victim", url.text, str(tmp_path), "0"]
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR UPDATE OF x%'"
    with connect(url) as admin, connect(url) as rival, rival.transaction():
        rival.execute("SELECT FROM exception WHERE tenant_id = 'A' AND exception_id = 'EX-000006' FOR UPDATE")
        with subprocess.Popen(words, cwd=TOP) as process:
            _wait_until(admin, waiting)
            process.kill()
    assert len(of(url, "A")["erasure"]) == 4
    assert_as_undisturbed(stored, url, tmp_path)


def _wait_until(admin: psycopg.Connection, waiting: str) -> None:
    end = time.monotonic() + PATIENCE
    while admin.execute(waiting).fetchone() == (0,):
        assert time.monotonic() < end, "it never came to wait"
