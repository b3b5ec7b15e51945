"""Ingest: new records are created, changed ones updated by an event, all others left alone; bad ones are told."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Conflict, InvalidInput, NotFound, Refused
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.event_payload import PAYLOADS
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.exception_act import Act, ActKind
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services import exception_ingest
from sentinai_cli.services.event_append import append_event
from sentinai_cli.services.exception_act import carry_out, plan_for_ids
from sentinai_cli.services.tenant import create_tenant
from tests.conftest import connect
from tests.services.ingest import (
    NOW,
    TENANT,
    as_lines,
    assert_whole,
    counts,
    exported,
    make_tenant,
    take,
    trade,
    written,
)
from tests.services.rows import everything, unchanged


@pytest.fixture
def target(database: Database) -> Database:
    """A database with the tenant and its packs, and nothing else."""
    make_tenant(database, TENANT)
    return database


def row(database: Database, number: int = 1) -> dict[str, Any]:
    with database.begin(TenantScope(TENANT), read_only=True) as work:
        found = work.exceptions.get(TENANT, f"EX-{number:06d}")
        assert found is not None
        return dict(found)


def events(database: Database, number: int = 1) -> list[tuple[str, dict[str, Any]]]:
    with database.begin(TenantScope(TENANT), read_only=True) as work:
        found = work.events.of_exception(TENANT, f"EX-{number:06d}")
    for event in found:
        PAYLOADS[EventType(event.event_type)].model_validate(event.payload)
    return [(event.event_type, event.payload) for event in found]


def journal(database: Database) -> list[dict[str, object]]:
    with database.begin(AllTenants(), read_only=True) as work:
        return [one.after for one in work.operations.newest(9) if "ingest" in one.after]


def test_a_new_record_has_two_events_a_severity_by_rule_and_the_deadline_that_follows(target: Database) -> None:
    given_severity = trade(1, severity="CRITICAL", rawPayload={"currency": "USD"}, entity="ACC-1")
    result = take(target, [given_severity, trade(2, severity="medium"), trade(3, exceptionType="SETTLEMENT_FAIL")])
    assert counts(result) == (3, 0, 0, 0)
    (difference,) = result.severity_differences
    assert (difference.line, difference.given, difference.decided) == (1, Severity.CRITICAL, Severity.LOW)
    assert [row(target, number)["severity"] for number in (1, 2, 3)] == ["low", "medium", "high"]
    stored = row(target)
    assert (stored["status"], stored["owner"], stored["entity"], str(stored["amount"])) == (
        "open",
        None,
        "ACC-1",
        "10.50",
    )
    spans = [row(target, number)["sla_deadline"] - row(target, number)["created_at"] for number in (1, 2, 3)]
    assert [span.total_seconds() / 3600 for span in spans] == [72, 24, 8]
    assert [kind for kind, _ in events(target)] == ["ExceptionCreated", "ExceptionNormalized"]
    assert events(target)[1][1] == {"domain": "Trading", "entity": "ACC-1", "fields": []}
    assert_whole(target)


def test_a_deadline_that_the_record_gives_is_kept_also_none(target: Database) -> None:
    take(target, [trade(1, slaDeadline="2026-03-09T00:00:00Z"), trade(2, slaDeadline=None)])
    assert row(target)["sla_deadline"].day == 9
    assert row(target, 2)["sla_deadline"] is None


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "tsv"])
def test_what_was_exported_is_unchanged_when_it_comes_again(form: str, target: Database, url: DatabaseUrl) -> None:
    take(target, [trade(n, entity=f'=SUM("{n}"), \\n', normalizedContext={"é": [1.5]}) for n in range(1, 6)])
    data = written(exported(target), form)
    before = everything(url)
    assert counts(take(target, data, format=form)) == (0, 0, 5, 0)
    after = everything(url)
    assert len(after.pop("operation")) == len(before.pop("operation")) + 1
    assert after == before


def test_a_changed_record_is_updated_by_an_event_and_what_was_done_stays(target: Database) -> None:
    take(target, [trade(1), trade(2)])
    act(target, Act(kind=ActKind.ASSIGN, to="ada"), Act(kind=ActKind.RESOLVE, reason="booked"))
    before = row(target)
    changed = trade(1, amount="99.00", currency=None, rawPayload={"currency": "USD"})
    assert counts(take(target, [changed, trade(2)])) == (0, 1, 1, 0)
    after = row(target)
    assert (str(after["amount"]), after["currency"], after["raw_payload"]) == ("99.00", None, {"currency": "USD"})
    kept = ("status", "owner", "sla_deadline", "resolved_at", "created_at")
    assert [after[name] for name in kept] == [before[name] for name in kept]
    kind, told = events(target)[-2]
    assert (kind, told["changes"]["amount"]) == ("ExceptionUpdated", {"before": "10.50", "after": "99.00"})
    assert told["record_digest"] == after["source_digest"].hex()
    kind, told = events(target)[-1]  # by rule it is low in USD
    assert (kind, told["before"], told["after"]) == ("SeverityChanged", "medium", "low")
    assert_whole(target)
    assert counts(take(target, [changed, trade(2)])) == (0, 0, 2, 0)


def test_a_severity_that_somebody_set_stays_while_the_rules_say_the_same(target: Database) -> None:
    take(target, [trade(1)])
    append_event(
        target,
        TenantScope(TENANT),
        "EX-000001",
        event_type=EventType.SEVERITY_CHANGED,
        payload={"before": "medium", "after": "critical"},
        actor_type=ActorType.USER,
        actor_id="ada",
        event_id=None,
        now=NOW,
    )
    assert counts(take(target, [trade(1, entity="ACC-9")])) == (0, 1, 0, 0)
    assert row(target)["severity"] == "critical"
    assert_whole(target)


def act(database: Database, *acts: Act) -> None:
    for one in acts:
        plan = plan_for_ids(database, TenantScope(TENANT), [(TENANT, "EX-000001")], one, actor="ada", now=NOW)
        carry_out(database, TenantScope(TENANT), plan, actor="ada", now=NOW, advance=lambda _: None)


BAD: tuple[tuple[object, str, str, str], ...] = (
    (trade(2, exceptionType="CASH_BRAKE"), "unknown_type", "/exceptionType", "the nearest is CASH_BREAK"),
    (trade(3, tenantId="TENANT_B"), "another_tenant", "/tenantId", "not of TENANT_A"),
    (trade(4, domain="Finance"), "another_domain", "/domain", "Trading"),
    (trade(5, timestamp="2026-03-03T12:06:00Z"), "in_the_future", "/timestamp", "later"),
    (trade(6, rawPayload={"price": "1,5"}), "invalid_payload", "/rawPayload/price", "a decimal"),
    (trade(7, amount="many"), "invalid_field", "/amount", "not an amount"),
    (trade(8, colour="red"), "unknown_field", "/colour", "no such field"),
    (trade(9, sourceSystem=...), "missing_field", "/sourceSystem", "missing"),
    (trade(10, rawPayload={"a": "\ud800"}), "invalid_json", "/rawPayload/a", "surrogate"),
    (trade(11, rawPayload={"a": {"b": 2**53}}), "invalid_json", "/rawPayload/a/b", "write it as a string"),
    ([], "invalid_record", "", "a JSON object"),
)


def test_each_bad_record_is_told_with_its_line_and_all_others_are_taken(target: Database, tmp_path: Path) -> None:
    records = [trade(1), *(record for record, *_ in BAD), trade(99)]
    result = take(target, records, rejects=tmp_path / "rejects")
    assert counts(result) == (2, 0, 0, len(BAD))
    for line, (rejection, (record, code, pointer, why)) in enumerate(zip(result.rejections, BAD, strict=True), start=2):
        assert (rejection.line, rejection.code, rejection.pointer) == (line, code, pointer)
        assert why in rejection.reason
        assert rejection.exception_id == (record["exceptionId"] if isinstance(record, dict) else None)
    entries = [json.loads(line) for line in (tmp_path / "rejects").read_text().splitlines()]
    assert [entry["line"] for entry in entries] == list(range(2, 2 + len(BAD)))
    assert json.loads(entries[0]["record"]) == BAD[0][0]
    assert (tmp_path / "rejects").stat().st_mode & 0o077 == 0
    mended = as_lines([trade(2)])
    assert counts(take(target, mended)) == (1, 0, 0, 0)


def test_what_is_said_of_a_record_is_short_however_bad_it_is(target: Database) -> None:
    keys = {f"{number}{'x' * 40}": 1 for number in range(10_000)}
    twice = f'{{"{"k" * 9000}":1,"{"k" * 9000}":2}}'.encode()
    result = take(target, as_lines([trade(1, **keys), trade(2, **{"y" * 900_000: 1})]) + twice)
    assert counts(result) == (0, 0, 0, 3)
    assert max(len(one.reason) + len(one.pointer) for one in result.rejections) < 1100


@pytest.mark.parametrize(
    "change", [{"exceptionType": "SETTLEMENT_FAIL"}, {"timestamp": "2025-03-01T10:00:00Z"}], ids=["type", "time"]
)
def test_another_exception_under_a_known_id_is_rejected(change: dict[str, Any], target: Database) -> None:
    take(target, [trade(1)])
    before = events(target)
    result = take(target, [trade(1, **change), trade(1, **change), trade(2)])
    assert counts(result) == (1, 0, 0, 2)
    assert {one.code for one in result.rejections} == {"exception_differs"}
    assert events(target) == before


def test_a_file_of_rejects_is_never_written_over_and_never_left_empty(target: Database, tmp_path: Path) -> None:
    place = tmp_path / "rejects.jsonl"
    take(target, [trade(1)], rejects=place)
    assert not place.exists()
    place.write_text("mine")
    with pytest.raises(InvalidInput) as caught:
        take(target, [trade(2)], rejects=place)
    assert (caught.value.code, place.read_text()) == ("file_exists", "mine")


def test_an_atomic_ingest_takes_all_or_nothing_and_lists_the_problems(
    target: Database, url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exception_ingest, "CHUNK", 2)
    monkeypatch.setattr(exception_ingest, "LISTED", 5)
    records = [trade(1), trade(101), trade(102), *(record for record, *_ in BAD)]
    with unchanged(url), pytest.raises(InvalidInput) as caught:
        take(target, records, atomic=True)
    assert caught.value.code == "ingest_refused"
    assert f"{len(BAD)} of " in caught.value.what
    why = (caught.value.why or "").splitlines()
    assert why[0].startswith("line 4: /exceptionType: ")
    assert (len(why), why[-1]) == (6, f"and {len(BAD) - 5} more")
    assert counts(take(target, [trade(number) for number in range(1, 8)], atomic=True)) == (7, 0, 0, 0)
    assert [entry["ingest"] for entry in journal(target)] == ["whole"]
    with unchanged(url), pytest.raises(InvalidInput):
        take(target, [trade(1, entity="E"), trade(2, exceptionType="SETTLEMENT_FAIL")], atomic=True)


def test_a_dry_run_tells_what_a_run_would_do_and_changes_nothing(target: Database, url: DatabaseUrl) -> None:
    take(target, [trade(1), trade(2)])
    records = [trade(1), trade(2, entity="E"), trade(3, severity="low"), BAD[0][0]]
    with unchanged(url):
        told = take(target, records, dry_run=True)
    done = take(target, records)
    assert counts(told) == counts(done) == (1, 1, 1, 1)
    assert told.model_copy(update={"dry_run": False}) == done


def test_a_tenant_is_made_for_the_first_record_that_can_be_taken(database: Database, url: DatabaseUrl) -> None:
    make_tenant(database, "OTHER")
    nowhere: dict[str, Any] = {"create_tenant": True, "domain": "Nowhere"}
    for options in ({}, nowhere):
        with unchanged(url), pytest.raises(NotFound):
            take(database, [trade(1)], **options)
    wanted: dict[str, Any] = {"create_tenant": True, "domain": "Trading"}
    with unchanged(url):
        assert counts(take(database, [trade(1, amount="x")], **wanted)) == (0, 0, 0, 1)
        assert take(database, [trade(1)], dry_run=True, **wanted).tenant_created
        with pytest.raises(InvalidInput):
            take(database, [trade(1), trade(2, amount="x")], atomic=True, **wanted)
    made = take(database, [trade(1)], **wanted)
    assert (made.tenant_created, counts(made)) == (True, (1, 0, 0, 0))
    again = take(database, [trade(1)], **wanted)
    assert (again.tenant_created, counts(again)) == (False, (0, 0, 1, 0))
    with pytest.raises(InvalidInput) as caught:
        take(database, [trade(1)], create_tenant=True, domain="Finance")
    assert caught.value.code == "another_domain"
    assert_whole(database)


def test_an_atomic_ingest_makes_the_tenant_in_the_same_transaction(database: Database) -> None:
    make_tenant(database, "OTHER")
    made = take(database, [trade(1), trade(2)], atomic=True, create_tenant=True, domain="Trading")
    assert (made.tenant_created, counts(made)) == (True, (2, 0, 0, 0))
    with pytest.raises(Conflict):
        take(database, [trade(1)], tenant_id=TENANT.lower(), create_tenant=True, domain="Trading")


def test_a_tenant_without_packs_or_that_is_not_active_takes_nothing(target: Database, url: DatabaseUrl) -> None:
    create_tenant(target, "BARE", name=None, domain="Trading")
    with pytest.raises(NotFound) as caught:
        take(target, [trade(1)], tenant_id="BARE")
    assert caught.value.code == "no_active_packs"
    with connect(url) as admin:
        admin.execute("UPDATE tenant SET status = 'suspended' WHERE tenant_id = %s", [TENANT])
    with pytest.raises(Refused):
        take(target, [trade(1)])


def test_an_id_that_comes_twice_is_created_once_and_then_unchanged_or_updated(target: Database) -> None:
    twice = [trade(1), trade(1), trade(2), trade(1, entity="E"), trade(1, entity="E"), trade(1)]
    assert counts(take(target, twice)) == (2, 2, 2, 0)
    assert [kind for kind, _ in events(target)][2:] == ["ExceptionUpdated", "ExceptionUpdated"]
    assert row(target)["entity"] is None
    assert_whole(target)


def test_chunks_are_transactions_and_the_journal_has_the_first_and_the_whole(
    target: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exception_ingest, "CHUNK", 3)
    assert counts(take(target, [trade(number) for number in range(1, 9)])) == (8, 0, 0, 0)
    newest, first = journal(target)
    assert (first["ingest"], first["created"]) == ("begun", 3)
    assert (newest["ingest"], newest["created"], newest["rejected"]) == ("whole", 8, 0)
    assert counts(take(target, [trade(number) for number in range(1, 9)])) == (0, 0, 8, 0)
    assert [entry["ingest"] for entry in journal(target)] == ["whole", "whole", "begun"]


def test_ingests_of_the_same_records_at_the_same_time_double_nothing(target: Database) -> None:
    assert_together(target, writers=3, records=40)


@pytest.mark.slow
def test_many_ingests_of_the_same_records_at_the_same_time_double_nothing(target: Database) -> None:
    assert_together(target, writers=16, records=400)


def assert_together(database: Database, *, writers: int, records: int) -> None:
    editions = [[trade(number, entity=entity) for number in range(1, records + 1)] for entity in (None, "E1", "E2")]

    def run(writer: int) -> list[tuple[int, int, int, int]]:
        own = Database(database.url, context=database.context)
        turned = [edition[writer:] + edition[:writer] if writer % 2 else edition[::-1] for edition in editions]
        done = [counts(take(own, edition)) for edition in turned]
        own.close()
        return done

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(writers) as pool:
        patch.setattr(exception_ingest, "CHUNK", 16)
        told = [each for done in pool.map(run, range(writers)) for each in done]
    assert sum(created for created, *_ in told) == records
    assert all(rejected == 0 for *_, rejected in told)
    updates = sum(updated for _, updated, *_ in told)
    with database.begin(TenantScope(TENANT), read_only=True) as work:
        names = [f"EX-{number:06d}" for number in range(1, records + 1)]
        stored = [len(work.events.of_exception(TENANT, name)) for name in names]
    assert sum(stored) == 2 * records + updates
    assert_whole(database)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
NAMES = st.text('aB=+-@"\\,é \U0001f600', min_size=1, max_size=6).filter(lambda text: not text.isspace())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.fixed_dictionaries(
    {
        "exceptionType": st.sampled_from(["CASH_BREAK", "SETTLEMENT_FAIL"]),
        "timestamp": st.datetimes(NOW.replace(year=2020, tzinfo=None), NOW.replace(tzinfo=None)).map(
            lambda moment: f"{moment.isoformat()}Z"
        ),
        "rawPayload": st.dictionaries(TEXTS.filter(lambda name: name not in ("price", "orderId")), VALUES, max_size=3),
    },
    optional={
        "entity": st.none() | NAMES,
        "amount": st.none() | st.decimals(-(10**9), 10**9, places=2).map(str),
        "currency": st.sampled_from([None, "USD", "EUR"]),
        "slaDeadline": st.sampled_from([None, "2026-03-09T00:00:00Z"]),
        "normalizedContext": st.dictionaries(TEXTS, VALUES, max_size=2),
    },
)


@pytest.fixture(scope="module")
def both(shared: Database) -> Database:
    """A database with two tenants that decide alike."""
    make_tenant(shared, TENANT, "TENANT_B")
    return shared


_RUNS = iter(range(10**6))


FORMS = st.sampled_from(["json", "jsonl", "csv", "tsv"])


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(form=FORMS, records=st.lists(RECORDS, min_size=1, max_size=4))
def test_an_export_is_the_same_after_it_went_through_another_tenant(
    both: Database, form: str, records: list[dict[str, Any]]
) -> None:
    assert_survives(both, form, records)


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(form=FORMS, records=st.lists(RECORDS, min_size=1, max_size=8))
def test_any_export_is_the_same_after_it_went_through_another_tenant(
    both: Database, form: str, records: list[dict[str, Any]]
) -> None:
    assert_survives(both, form, records)


def assert_survives(database: Database, form: str, records: list[dict[str, Any]]) -> None:
    run = f"run {next(_RUNS)}"
    named = [{**one, "exceptionId": f"{run[4:]}/{n}", "sourceSystem": run} for n, one in enumerate(records)]
    assert counts(take(database, named)) == (len(records), 0, 0, 0)
    first = exported(database, source=run)
    moved = [record.model_copy(update={"tenantId": "TENANT_B"}) for record in first]
    assert counts(take(database, written(moved, form), format=form, tenant_id="TENANT_B")) == (len(records), 0, 0, 0)
    assert exported(database, "TENANT_B", source=run) == moved
    assert counts(take(database, written(first, form), format=form)) == (0, 0, len(records), 0)
