"""Cases like one: the score is what its reasons say, against plain Python over the same rows."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.exception import ExceptionFilter, NewException, Status
from sentinai_cli.models.exception_similar import Likeness, SimilarException, SimilarList
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event_append import append_event
from sentinai_cli.services.exception_similar import similar_exceptions
from tests.conftest import connect, context, fresh_database, store_records
from tests.db.records import EPOCH, record

A = TenantScope("A")
NOW = EPOCH + timedelta(days=30)
PAYLOADS: tuple[dict[str, object], ...] = (
    {"isin": "XS1", "desk": {"name": "rates"}, "legs": [{"qty": 1}, {"qty": 2}], "flag": True, "memo": None},
    {"isin": "XS1", "desk": {"name": "fx"}, "legs": [{"qty": 1}], "flag": True},
    {"isin": "XS2", "desk": "rates", "legs": [], "memo": None},
)


def row(tenant_id: str, number: int) -> NewException:
    """Rows of every kind: the parts of the number choose each value."""
    return replace(
        record(
            tenant_id,
            number,
            type=("CASH_BREAK", "LATE")[number % 2],
            status=list(Status)[number % 3],
            raw_payload=PAYLOADS[number % 3],
            created_at=EPOCH + timedelta(minutes=number // 3),
            source_system=("Ledger", "Desk")[number // 2 % 2],
        ),
        entity=("ACC-1", "ACC-2", None)[number // 3 % 3],
        amount=None if number % 7 == 0 else Decimal((number * 13 % 40) - 5),
        currency=("USD", "EUR", None)[number // 5 % 3],
    )


ROWS = [row(tenant_id, number) for tenant_id in ("A", "B") for number in range(1, 61)]


@pytest.fixture(scope="module")
def filled(server: DatabaseUrl, template: str) -> Iterator[Database]:
    """The rows, which nobody changes."""
    with fresh_database(server, template) as url:
        database = Database(url, context=context())
        store_records(database, *ROWS)
        yield database
        database.close()


def similar(
    database: Database,
    number: int,
    chosen: ExceptionFilter | None = None,
    *,
    limit: int = 100,
    cursor: str | None = None,
    most: int = 1000,
) -> SimilarList:
    name = f"EX-{number:06d}"
    return similar_exceptions(
        database, A, name, chosen or ExceptionFilter(), limit=limit, cursor=cursor, most=most, now=NOW
    )


@given(number=st.integers(1, 60), statuses=st.sets(st.sampled_from(Status), max_size=2), limit=st.integers(9, 30))
@settings(max_examples=15)
def test_pages_hold_what_plain_python_scores_in_its_order(
    filled: Database, number: int, statuses: set[Status], limit: int
) -> None:
    chosen = ExceptionFilter(statuses=tuple(sorted(statuses)))
    asked = next(one for one in ROWS if one.tenant_id == "A" and one.exception_id == f"EX-{number:06d}")
    found: list[SimilarException] = []
    cursor: str | None = None
    while True:
        page = similar(filled, number, chosen, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        assert page.page.exhaustive
        found += page.items
        cursor = page.page.next
        if cursor is None:
            break
    scored = [(score(asked, one), one.created_at, one.exception_id) for one in ROWS if one.tenant_id == "A"]
    alike = {one.exception_id for one in ROWS if not statuses or one.status in statuses} - {asked.exception_id}
    expected = sorted((key for key in scored if key[0] > 5 and key[2] in alike), reverse=True)
    linked = {one.exception_id for one in ROWS if is_candidate(asked, one)}
    assert [(one.score, one.created_at, one.exception_id) for one in found] == [
        key for key in expected if key[2] in linked
    ]
    for one in found:
        assert sum(reason.points for reason in one.reasons) == one.score


def is_candidate(asked: NewException, one: NewException) -> bool:
    return (
        one.type == asked.type
        or one.source_system == asked.source_system
        or (one.entity is not None and one.entity == asked.entity)
    )


def score(asked: NewException, one: NewException) -> int:
    points = 40 * (one.type == asked.type) + 5 * (one.source_system == asked.source_system)
    points += 20 * (asked.entity is not None and one.entity == asked.entity)
    if asked.amount is not None and one.amount is not None and asked.currency == one.currency:
        apart, larger = abs(asked.amount - one.amount), max(abs(asked.amount), abs(one.amount))
        points += 15 if apart <= larger / 10 else 7 if apart <= larger / 2 else 0
    own, other = dict(telling(asked.raw_payload)), dict(telling(one.raw_payload))
    return points + 20 * sum(other.get(path) == value for path, value in own.items()) // max(1, len(own))


def telling(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if members is not None:
        for name, member in members:
            yield from telling(member, f"{path}/{name}")
    elif value is not None and not isinstance(value, bool):
        yield path, value


def test_what_the_attributes_say_anyway_is_no_shared_payload_value(
    database: Database, store: Callable[..., int]
) -> None:
    payload: dict[str, object] = {
        "account": "ACC-1",
        "domain": "Finance",
        "amount": "10.50",
        "ccy": "USD",
        "on": "Mon",
    }
    store(*(replace(record("A", number, raw_payload=payload), entity="ACC-1") for number in (1, 2)))
    (found,) = similar(database, 1).items
    told = {reason.likeness: reason.what for reason in found.reasons}
    assert told == {
        Likeness.TYPE: "type CASH_BREAK",
        Likeness.ENTITY: "entity ACC-1",
        Likeness.AMOUNT: "amount 10.50 within 10% of 10.50 USD",
        Likeness.SOURCE: "source Ledger",
        Likeness.PAYLOAD: "1 of 1 payload values: on",
    }
    assert found.score == 100


def test_a_payload_that_nobody_checked_is_compared_as_far_as_it_can_be(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1), record("A", 2))
    with connect(database.url) as admin:
        odd = {"fine": 0.1, "a.b": 1, "a": {"b": 2}, 'quote"d': "x\\y", "huge": 0}
        text = json.dumps(odd).replace('"huge": 0', f'"huge": 1{400 * "0"}.5')
        admin.execute("UPDATE exception SET raw_payload = %s::jsonb", [text])
    (found,) = similar(database, 1).items
    assert found.reasons[1].what == '3 of 3 payload values: a.b, fine, quote"d'


def test_only_the_newest_are_compared_and_it_is_said_that_there_are_more(filled: Database) -> None:
    found = similar(filled, 30, most=4)
    assert (found.page.exhaustive, found.page.scanned) == (False, len({*found_by(30, 4)} - {"EX-000030"}))
    assert {one.exception_id for one in found.items} <= {*found_by(30, 4)}


def found_by(number: int, most: int) -> Iterator[str]:
    own = sorted((one for one in ROWS if one.tenant_id == "A"), key=lambda one: (one.created_at, one.exception_id))
    asked = next(one for one in own if one.exception_id == f"EX-{number:06d}")
    for name in ("type", "entity", "source_system"):
        value = getattr(asked, name)
        alike = [one.exception_id for one in own if value is not None and getattr(one, name) == value]
        yield from alike[-most:]


def test_a_case_that_comes_between_two_pages_is_on_neither(database: Database, store: Callable[..., int]) -> None:
    store(*(record("A", number) for number in range(1, 8)))
    whole = similar(database, 1).items
    first = similar(database, 1, limit=3)
    store(record("A", 9, created_at=NOW + timedelta(days=1)))
    rest = similar(database, 1, cursor=first.page.next)
    assert first.items + rest.items == whole


def test_how_resolved_cases_were_resolved_is_told(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("A", 2), record("A", 3))
    told: list[tuple[EventType, dict[str, object]]] = [
        (EventType.PLAYBOOK_STARTED, {"playbook_id": "PB", "steps": 2}),
        (EventType.RESOLUTION_APPROVED, {"approved_action": "pay again", "approved_by": "bob"}),
        (EventType.STATUS_CHANGED, {"before": "open", "after": "resolved", "reason": "paid"}),
        (
            EventType.FEEDBACK_CAPTURED,
            {"feedback_type": "outcome", "feedback_text": "fine", "resolution_effective": True},
        ),
    ]
    for event_type, payload in told:
        append_event(
            database,
            A,
            "EX-000002",
            event_type=event_type,
            payload=payload,
            actor_type=ActorType.USER,
            actor_id="ada",
            event_id=None,
            now=EPOCH + timedelta(hours=5, minutes=2),
        )
    found = {one.exception_id: one.resolution for one in similar(database, 1).items}
    assert found["EX-000003"] is None
    resolution = found["EX-000002"]
    assert resolution is not None
    assert resolution.model_dump(exclude={"resolved_at"}) == {
        "took_seconds": 5 * 3600,
        "by": "ada",
        "reason": "paid",
        "action": "pay again",
        "approved_by": "bob",
        "playbook_id": "PB",
        "feedback": "fine",
        "effective": True,
    }


def test_a_cursor_of_other_cases_and_an_unknown_exception_are_refused(filled: Database) -> None:
    cursor = similar(filled, 1, limit=1).page.next
    assert cursor is not None
    for number, chosen, most in (
        (2, ExceptionFilter(), 1000),
        (1, ExceptionFilter(owners=("ada",)), 1000),
        (1, ExceptionFilter(), 9),
    ):
        with pytest.raises(InvalidInput):
            similar(filled, number, chosen, cursor=cursor, most=most)
    for bad in ("", "x", "WzEsMiwzLDQsNV0"):
        with pytest.raises(InvalidInput):
            similar(filled, 1, cursor=bad)
    with pytest.raises(NotFound):
        similar(filled, 999)
    with pytest.raises(InvalidInput):
        similar_exceptions(filled, AllTenants(), "EX-000001", ExceptionFilter(), limit=1, cursor=None, most=9, now=NOW)
