"""Records from outside: what is taken, what is refused and where it says so."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.models.event_hash import record_digest
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.ingest_candidate import candidate
from sentinai_cli.models.ingested_record import Faulty, read_record

WHOLE: dict[str, Any] = {
    "exceptionId": "FIN-1",
    "tenantId": "A",
    "sourceSystem": "Ledger",
    "exceptionType": "CASH_BREAK",
    "severity": "HIGH",
    "timestamp": "2026-11-20T09:00:00Z",
    "domain": "Finance",
    "entity": "ACC-1",
    "amount": "10.50",
    "currency": "USD",
    "slaDeadline": None,
    "rawPayload": {"difference": "10.50", "größe": 1.5},
    "normalizedContext": {"domain": "Finance"},
}


def test_both_spellings_of_the_names_give_the_same_record() -> None:
    by_column = {
        "exception_id": "FIN-1",
        "tenant_id": "A",
        "source_system": "Ledger",
        "type": "CASH_BREAK",
        "severity": "high",
        "created_at": "2026-11-20T09:00:00Z",
        "domain": "Finance",
        "entity": "ACC-1",
        "amount": 10.5,
        "currency": "USD",
        "sla_deadline": None,
        "raw_payload": WHOLE["rawPayload"],
        "normalized_context": WHOLE["normalizedContext"],
    }
    assert read_record(by_column)[0] == read_record({**WHOLE, "amount": "10.5"})[0]


def test_what_became_of_it_is_told_apart_and_not_taken() -> None:
    told = {"resolutionStatus": "RESOLVED", "auditTrail": [], "owner": "ada", "currentStep": 3}
    record, ignored = read_record({**WHOLE, **told})
    assert record == read_record(WHOLE)[0]
    assert sorted(ignored) == sorted(told)


def test_what_only_the_context_tells_is_read_from_there() -> None:
    lean = {name: WHOLE[name] for name in ("exceptionId", "sourceSystem", "exceptionType", "timestamp", "rawPayload")}
    context = {"domain": "Finance", "entity": "ACC-9", "amount": "7", "currency": "EUR", "sla_deadline": None}
    record, _ = read_record({**lean, "normalizedContext": context})
    assert (record.domain, record.entity, record.amount, record.currency) == ("Finance", "ACC-9", "7", "EUR")
    assert not record.gives_deadline
    assert read_record({**lean, "entity": None, "normalizedContext": context})[0].entity is None


def test_no_deadline_is_told_apart_from_none_given() -> None:
    assert read_record(WHOLE)[0].gives_deadline
    assert not read_record({name: value for name, value in WHOLE.items() if name != "slaDeadline"})[0].gives_deadline


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2026-11-20T09:00:00Z", "2026-11-20T09:00:00.000000Z"),
        ("2026-11-20t09:00:00.5z", "2026-11-20T09:00:00.500000Z"),
        ("2026-01-01 00:30:00.123456+01:00", "2025-12-31T23:30:00.123456Z"),
    ],
)
def test_times_are_brought_to_their_canonical_form(text: str, canonical: str) -> None:
    assert read_record({**WHOLE, "timestamp": text})[0].created_at == canonical


@pytest.mark.parametrize(
    ("given", "amount"), [(1, "1"), (1.25, "1.25"), ("-0.00", "0.00"), ("007.50", "7.50"), (1e15, "1000000000000000.0")]
)
def test_amounts_are_digits_and_zero_has_no_sign(given: object, amount: str) -> None:
    assert read_record({**WHOLE, "amount": given})[0].amount == amount


@pytest.mark.parametrize(
    ("change", "pointer", "why"),
    [
        ({"exceptionId": ""}, "/exceptionId", "at least 1"),
        ({"exceptionId": "A B"}, "/exceptionId", "blank"),
        ({"exceptionId": "A\u202e"}, "/exceptionId", "cannot be seen"),
        ({"exceptionId": "x" * 129}, "/exceptionId", "at most 128"),
        ({"exceptionId": 7}, "/exceptionId", "string"),
        ({"sourceSystem": " "}, "/sourceSystem", "blank"),
        ({"entity": ""}, "/entity", "at least 1"),
        ({"severity": "urgent"}, "/severity", "none of low, medium, high, critical"),
        ({"severity": 3}, "/severity", "none of low"),
        ({"timestamp": "2026-11-20T09:00:00"}, "/timestamp", "offset"),
        ({"timestamp": "2026-13-20T09:00:00Z"}, "/timestamp", "month"),
        ({"timestamp": "2026-11-20T09:00:00.1234567Z"}, "/timestamp", "microsecond"),
        ({"timestamp": "1969-12-31T23:59:59Z"}, "/timestamp", "1970"),
        ({"timestamp": 1700000000}, "/timestamp", "string"),
        ({"amount": "1e3"}, "/amount", "not an amount"),
        ({"amount": True}, "/amount", "string"),
        ({"amount": "1.1234567"}, "/amount", "not an amount"),
        ({"currency": "usd"}, "/currency", "ISO 4217"),
        ({"rawPayload": [1]}, "/rawPayload", "JSON object"),
        ({"normalizedContext": None}, "/normalizedContext", "JSON object"),
        ({"exceptionTyp": "X"}, "/exceptionTyp", "perhaps exceptionType"),
        ({"a/b~": 1}, "/a~1b~0", "no such field"),
        ({"created_at": "2026-11-20T09:00:00Z"}, "/created_at", "twice"),
    ],
)
def test_each_fault_has_its_place_and_a_sentence(change: dict[str, Any], pointer: str, why: str) -> None:
    with pytest.raises(Faulty) as caught:
        read_record({**WHOLE, **change})
    (fault,) = caught.value.faults
    assert (fault.pointer, why in fault.why) == (pointer, True), fault


def test_all_faults_of_a_record_are_told() -> None:
    with pytest.raises(Faulty) as caught:
        read_record({"rawPayload": 1, "amount": "x"})
    places = {fault.pointer for fault in caught.value.faults}
    assert places == {"/exceptionId", "/sourceSystem", "/exceptionType", "/timestamp", "/rawPayload", "/amount"}


@pytest.mark.parametrize("document", [None, 7, "text", [WHOLE]])
def test_a_record_is_an_object(document: object) -> None:
    with pytest.raises(Faulty, match="JSON object"):
        read_record(document)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)


@settings(max_examples=60)
@given(
    st.dictionaries(TEXTS, TEXTS | st.integers(-9, 9) | st.floats(-9, 9), max_size=4),
    st.none() | st.decimals(0, 10**6, places=2).map(str),
    st.none() | st.text('ACé\U0001f600"\\', min_size=1, max_size=5),
)
def test_its_digest_is_the_one_that_the_log_defines(
    payload: dict[str, Any], amount: str | None, entity: str | None
) -> None:
    given_record = {**WHOLE, "rawPayload": payload, "amount": amount, "entity": entity}
    record, _ = read_record(given_record)
    made = candidate(record, tenant_id="A", domain="Finance", line=1, text=b"")
    assert made.digest == record_digest(
        tenant_id="A",
        exception_id="FIN-1",
        domain="Finance",
        type="CASH_BREAK",
        source_system="Ledger",
        entity=entity,
        amount=None if amount is None else Decimal(amount),
        currency="USD",
        raw_payload=payload,
        normalized_context={"domain": "Finance"},
        created_at=datetime.fromisoformat("2026-11-20T09:00:00+00:00"),
    )
    assert record.severity is Severity.HIGH
