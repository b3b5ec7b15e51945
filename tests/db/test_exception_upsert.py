"""Records put where exceptions may be: created, changed by an event, or left alone; and never doubled."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Conflict
from sentinai_cli.models.event import ActorType, Event, EventType
from sentinai_cli.models.event_hash import record_digest
from sentinai_cli.models.event_payload import PAYLOADS
from sentinai_cli.models.exception import NewException, Severity, Status
from sentinai_cli.models.exception_change import Author, ExceptionPatch, Upserted
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event import verify_events
from tests.db.records import EPOCH, record

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
BY = Author(ActorType.SYSTEM, "ingest", NOW)
NAME = "EX-000001"


def later(made: NewException, **changes: Any) -> NewException:
    """The record with other values, and the digest that it has then."""
    changed = replace(made, **changes)
    digest = record_digest(
        tenant_id=changed.tenant_id,
        exception_id=changed.exception_id,
        domain=changed.domain,
        type=changed.type,
        source_system=changed.source_system,
        entity=changed.entity,
        amount=changed.amount,
        currency=changed.currency,
        raw_payload=changed.raw_payload,
        normalized_context=changed.normalized_context,
        created_at=changed.created_at,
    )
    return replace(changed, source_digest=digest)


def upsert(database: Database, made: NewException, by: Author = BY) -> Upserted:
    with database.begin(TenantScope(made.tenant_id)) as work:
        return work.exception_upserts.upsert_exception(made, by)


def update(database: Database, patch: ExceptionPatch, reason: str | None = None) -> list[EventType | str]:
    with database.begin(TenantScope("A")) as work:
        made = work.exception_upserts.update_exception("A", NAME, patch, BY, reason=reason)
    return [event.event_type for event in made]


def stored(database: Database) -> tuple[dict[str, Any], list[Event]]:
    with database.begin(TenantScope("A"), read_only=True) as work:
        row = work.exceptions.get("A", NAME)
        assert row is not None
        return dict(row), work.events.of_exception("A", NAME)


@contextmanager
def whole(database: Database) -> Iterator[None]:
    """What the block leaves are intact chains of events that their payload models accept, and rows that follow."""
    yield
    found = verify_events(database, AllTenants(), advance=lambda _: None)
    assert (found.broken, found.breaks) == (0, ())
    for event in stored(database)[1]:
        PAYLOADS[EventType(event.event_type)].model_validate(event.payload)


def test_a_record_is_created_then_unchanged_then_updated_by_one_event(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 2))
    first = record("A", 1)
    with whole(database):
        assert [upsert(database, first), upsert(database, first)] == [Upserted.CREATED, Upserted.UNCHANGED]
        changed = later(first, amount=Decimal("11.00"), entity=None, raw_payload={"number": 2})
        assert [upsert(database, changed), upsert(database, changed)] == [Upserted.UPDATED, Upserted.UNCHANGED]
    row, events = stored(database)
    assert (row["amount"], row["entity"], row["raw_payload"]) == (Decimal("11.00"), None, {"number": 2})
    told = events[-1]
    assert (told.event_type, told.actor_id, told.created_at) == (EventType.EXCEPTION_UPDATED, "ingest", NOW)
    changes = told.payload["changes"]
    assert isinstance(changes, dict)
    assert changes.keys() == {"amount", "entity", "raw_payload"}
    assert changes["amount"] == {"before": "10.50", "after": "11.00"}
    assert changes["entity"] == {"before": "ACC-1", "after": None}


def test_what_operators_did_stays_when_the_record_changes(database: Database, store: Callable[..., int]) -> None:
    done = record("A", 1, status=Status.RESOLVED, owner="ada")
    store(done)
    before, _ = stored(database)
    with whole(database):
        assert upsert(database, later(done, source_system="Other")) is Upserted.UPDATED
    after, _ = stored(database)
    kept = ("status", "owner", "severity", "sla_deadline", "resolved_at", "current_step")
    assert [after[name] for name in kept] == [before[name] for name in kept]


def test_a_correction_by_hand_outlives_the_same_record(database: Database, store: Callable[..., int]) -> None:
    first = record("A", 1)
    store(first)
    with whole(database):
        assert update(database, ExceptionPatch(entity="ACC-77")) == [EventType.EXCEPTION_UPDATED]
        assert upsert(database, first) is Upserted.UNCHANGED
    assert stored(database)[0]["entity"] == "ACC-77"


def test_a_record_that_says_what_was_corrected_by_hand_already_adds_no_event(
    database: Database, store: Callable[..., int]
) -> None:
    first = record("A", 1)
    store(first)
    update(database, ExceptionPatch(entity="ACC-77"))
    events = stored(database)[1]
    assert upsert(database, later(first, entity="ACC-77")) is Upserted.UNCHANGED
    assert stored(database)[1] == events


@pytest.mark.parametrize("change", [{"type": "POSITION_BREAK"}, {"domain": "Other"}, {"created_at": EPOCH}])
def test_what_never_changes_is_a_conflict(
    change: dict[str, Any], database: Database, store: Callable[..., int]
) -> None:
    first = record("A", 1)
    store(first)
    before = stored(database)
    with pytest.raises(Conflict) as caught:
        upsert(database, later(first, **change))
    assert caught.value.code == "exception_differs"
    assert stored(database) == before


def test_a_clock_that_is_behind_dates_no_event_before_the_one_it_follows(
    database: Database, store: Callable[..., int]
) -> None:
    first = record("A", 1)
    store(first)
    with whole(database):
        behind = replace(BY, at=EPOCH - timedelta(days=3))
        assert upsert(database, later(first, entity="E"), behind) is Upserted.UPDATED
    times = [event.created_at for event in stored(database)[1]]
    assert times == sorted(times)


def test_not_given_is_told_apart_from_cleared(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1, owner="ada"))
    with whole(database):
        assert update(database, ExceptionPatch()) == []
        assert update(database, ExceptionPatch(entity="ACC-1", owner="ada")) == []
        assert update(database, ExceptionPatch(entity=None)) == [EventType.EXCEPTION_UPDATED]
        assert update(database, ExceptionPatch(owner=None, sla_deadline=None, amount=None), "off the desk") == [
            EventType.EXCEPTION_UPDATED,
            EventType.SLA_CHANGED,
            EventType.OWNER_CHANGED,
        ]
    row, events = stored(database)
    assert [row[name] for name in ("entity", "owner", "sla_deadline", "amount")] == [None] * 4
    assert (row["currency"], row["source_system"]) == ("USD", "Ledger")
    assert events[-1].payload == {"before": "ada", "after": None, "reason": "off the desk"}


def test_an_update_of_state_tells_what_was_before(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    with whole(database):
        due = NOW + timedelta(hours=3)
        patch = ExceptionPatch(severity=Severity.CRITICAL, sla_deadline=due, owner="bo", normalized_context={"a": 1.5})
        assert len(update(database, patch)) == 4
        assert update(database, patch) == []
    row, events = stored(database)
    assert (row["severity"], row["sla_deadline"], row["owner"]) == ("critical", due, "bo")
    assert events[-3].payload == {"before": "high", "after": "critical"}


def test_an_exception_that_is_not_there_can_not_be_updated(database: Database, store: Callable[..., int]) -> None:
    store(record("B", 1))
    with pytest.raises(LookupError), database.begin(TenantScope("B")) as work:
        work.exception_upserts.update_exception("B", "EX-9", ExceptionPatch(owner=None), BY)


def test_writers_of_the_same_exceptions_neither_double_nor_deadlock(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 99))
    with whole(database):
        assert_together(database, writers=6, rounds=2, exceptions=8)


@pytest.mark.slow
def test_many_writers_of_the_same_exceptions_neither_double_nor_deadlock(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 99))
    with whole(database):
        assert_together(database, writers=64, rounds=3, exceptions=10)


def assert_together(database: Database, *, writers: int, rounds: int, exceptions: int) -> None:
    """Each writer puts edition after edition of the same exceptions, in an order of its own: one of them each wins."""
    named = [record("A", number) for number in range(1, exceptions + 1)]

    def write(writer: int) -> list[Upserted]:
        own = Database(database.url, context=database.context, pool_size=1, max_overflow=0)
        turned = named[writer % exceptions :] + named[: writer % exceptions]
        editions = [later(one, raw_payload={"edition": n}) if n else one for n in range(rounds) for one in turned]
        done = [upsert(own, one) for one in editions]
        own.close()
        return done

    with ThreadPoolExecutor(writers) as pool:
        told = [outcome for done in pool.map(write, range(writers)) for outcome in done]
    assert told.count(Upserted.CREATED) == exceptions
    with database.begin(TenantScope("A"), read_only=True) as work:
        events = {one.exception_id: work.events.of_exception("A", one.exception_id) for one in named}
    updates = sum(event.event_type == EventType.EXCEPTION_UPDATED for each in events.values() for event in each)
    assert updates == told.count(Upserted.UPDATED) >= exceptions * (rounds - 1)
