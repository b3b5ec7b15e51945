"""Every payload keeps the invariants of its type, and every invariant can be broken."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.models.exception import NewException
from sentinai_cli.seeding.generate import generate
from sentinai_cli.seeding.invariant import INVARIANTS, violations
from sentinai_cli.seeding.invariant.code import CODES
from tests.unit.seeding.sample import DOMAINS, LISTED, ListedDecisions, plan, sample_pack

MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@settings(max_examples=60)
@given(st.sampled_from(DOMAINS), st.integers(0, 2**40), st.integers(1, 900_000), MOMENTS)
def test_no_payload_violates_an_invariant(domain: str, seed: int, number: int, as_of: datetime) -> None:
    for record in generate(plan(domain, seed=seed, as_of=as_of), ListedDecisions(), number, number + 25):
        assert violations(record.type, record.raw_payload, record.created_at) == ()


def test_every_sample_type_has_invariants() -> None:
    types = {name for domain in DOMAINS for name in sample_pack(domain).exception_types}
    assert set(INVARIANTS) == types == set(LISTED)


@pytest.mark.parametrize("kind", INVARIANTS)
def test_every_field_that_an_invariant_reads_is_needed(kind: str) -> None:
    assert set(violations(kind, {}, datetime(2026, 1, 1, tzinfo=UTC))) == set(INVARIANTS[kind])


@pytest.mark.parametrize("name", CODES)
def test_a_code_of_the_wrong_shape_is_named(name: str) -> None:
    arrived = datetime(2026, 1, 1, tzinfo=UTC)
    assert violations("UNKNOWN", {name: "nonsense"}, arrived) == (name,)
    assert violations("UNKNOWN", {name: ["nonsense"]}, arrived) == (name,)


@cache
def example(kind: str) -> NewException:
    domain = next(domain for domain in DOMAINS if kind in sample_pack(domain).exception_types)
    return next(record for record in generate(plan(domain), ListedDecisions()) if record.type == kind)


def moved(text: object) -> object:
    return f"{int(str(text)[:4]) + 1}{str(text)[4:]}"


def another(number: object) -> object:
    assert isinstance(number, int)
    return number + 1


def dearer(money: object) -> object:
    return "1" + str(money).removeprefix("-")


@pytest.mark.parametrize(
    ("kind", "field", "change"),
    [
        ("MISMATCHED_TRADE_DETAILS", "execQty", another),
        ("MISMATCHED_TRADE_DETAILS", "execPrice", dearer),
        ("MISMATCHED_TRADE_DETAILS", "settleDate", moved),
        ("MISMATCHED_TRADE_DETAILS", "mismatchedFields", lambda _: ["counterparty"]),
        ("FAILED_ALLOCATION", "missingQty", another),
        ("FAILED_ALLOCATION", "accountIds", lambda ids: [*ids, ids[0]]),
        ("POSITION_BREAK", "difference", another),
        ("POSITION_BREAK", "asOfDate", moved),
        ("CASH_BREAK", "difference", dearer),
        ("CASH_BREAK", "valueDate", moved),
        ("SETTLEMENT_FAIL", "daysLate", another),
        ("SETTLEMENT_FAIL", "tradeDate", moved),
        ("REG_REPORT_REJECTED", "rejectReason", lambda _: "NO_REASON"),
        ("REG_REPORT_REJECTED", "rejectedAt", moved),
        ("SEC_MASTER_MISMATCH", "impact", lambda impact: "ECONOMIC" if impact == "NON_ECONOMIC" else "NON_ECONOMIC"),
        ("CLAIM_MISSING_AUTH", "authNumber", lambda _: "AUTH-1"),
        ("CLAIM_MISSING_AUTH", "receivedDate", moved),
        ("CLAIM_CODE_MISMATCH", "submittedCode", lambda _: "00000"),
        ("PROVIDER_CREDENTIAL_EXPIRED", "daysExpired", another),
        ("PROVIDER_CREDENTIAL_EXPIRED", "credentialExpiryDate", moved),
        ("PATIENT_DEMOGRAPHIC_CONFLICT", "affectsBilling", lambda _: "yes"),
        ("PHARMACY_DUPLICATE_THERAPY", "overlapDays", another),
        ("ELIGIBILITY_COVERAGE_LAPSE", "daysLapsed", another),
        ("ELIGIBILITY_COVERAGE_LAPSE", "coverageEnd", moved),
    ],
)
def test_a_changed_field_breaks_an_invariant(kind: str, field: str, change: Callable[[object], object]) -> None:
    record = example(kind)
    payload = record.raw_payload | {field: change(record.raw_payload[field])}
    assert violations(kind, payload, record.created_at)


@pytest.mark.parametrize("kind", ["SEC_MASTER_MISMATCH", "PATIENT_DEMOGRAPHIC_CONFLICT"])
def test_systems_that_agree_are_no_conflict(kind: str) -> None:
    record = example(kind)
    payload = record.raw_payload | {"systemBValue": record.raw_payload["systemAValue"]}
    assert violations(kind, payload, record.created_at) == ("the systems disagree",)


@pytest.mark.parametrize("domain", DOMAINS)
def test_payloads_carry_the_attributes_that_the_pack_declares(domain: str) -> None:
    pack = sample_pack(domain)
    for record in generate(plan(domain, count=120), ListedDecisions()):
        declared = {
            name: attribute
            for entity in pack.exception_types[record.type].entities
            for name, attribute in pack.entities[entity].attributes.items()
        }
        assert set(record.raw_payload) - {"domain"} <= set(declared), record.type
        for name, value in record.raw_payload.items():
            values = declared[name].values if name in declared else ()
            if values and isinstance(value, str):
                assert value in values
            elif values and isinstance(value, list):
                assert set(value) <= set(values)
