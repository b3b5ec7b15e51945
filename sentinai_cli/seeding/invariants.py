"""What must hold between the fields of each type's payload: the defect is really there, and nothing else is wrong.

Every predicate sees the stored payload and the moment of arrival. `violations` names those that do not hold; a payload
that lacks a field that a predicate reads violates it.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, DecimalException
from typing import TypeAlias

from sentinai_cli.seeding.business_day import add_business_days, business_days_between, is_business_day
from sentinai_cli.seeding.identifier import is_cusip, is_isin, is_lei, is_ndc, is_npi, is_uti

_CPT = re.compile(r"[0-9]{5}")
_ICD_10_CM = re.compile(r"[A-TV-Z][0-9][0-9AB](\.[0-9A-TV-Z]{1,4})?")
_MIC = re.compile(r"[A-Z][A-Z0-9]{3}")
_MONEY = re.compile(r"-?[0-9]+\.[0-9]{2}")
_CURRENCIES = {"USD", "EUR", "GBP", "CHF"}


class Facts:
    """A payload read by type. Every reader raises LookupError, TypeError or ValueError when the field is not of that type."""

    def __init__(self, payload: dict[str, object], arrived: datetime) -> None:
        self.payload = payload
        self.arrived = arrived.astimezone(UTC)
        self.today = self.arrived.date()

    def text(self, name: str) -> str:
        value = self.payload[name]
        if not isinstance(value, str):
            raise TypeError(name)
        return value

    def whole(self, name: str) -> int:
        value = self.payload[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(name)
        return value

    def money(self, name: str) -> Decimal:
        text = self.text(name)
        if not _MONEY.fullmatch(text):
            raise ValueError(name)
        return Decimal(text)

    def day(self, name: str) -> date:
        return date.fromisoformat(self.text(name))

    def moment(self, name: str) -> datetime:
        return datetime.fromisoformat(self.text(name))

    def listed(self, name: str) -> list[object]:
        value = self.payload[name]
        if not isinstance(value, list):
            raise TypeError(name)
        return value


Predicate: TypeAlias = Callable[[Facts], bool]


def violations(exception_type: str, payload: dict[str, object], arrived: datetime) -> tuple[str, ...]:
    """The names of what does not hold; empty when all is well. A type that is not known has codes to check only."""
    facts = Facts(payload, arrived)
    broken = [name for name, shape in CODES.items() if name in payload and not shape(payload[name])]
    broken += [name for name, holds in INVARIANTS.get(exception_type, {}).items() if not _holds(holds, facts)]
    return tuple(broken)


def _holds(predicate: Predicate, facts: Facts) -> bool:
    try:
        return predicate(facts)
    except (LookupError, TypeError, ValueError, DecimalException):
        return False


def _all(shape: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(isinstance(one, str) and shape(one) for one in value)


def _one(shape: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and shape(value)


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda text: pattern.fullmatch(text) is not None


CODES: dict[str, Callable[[object], bool]] = {
    "isin": _one(is_isin),
    "cusip": _one(is_cusip),
    "counterpartyLei": _one(is_lei),
    "reportingLei": _one(is_lei),
    "npi": _one(is_npi),
    "prescriberNpi": _one(is_npi),
    "ndc": _one(is_ndc),
    "venue": _one(_matches(_MIC)),
    "currency": _one(_CURRENCIES.__contains__),
    "procedureCodes": _all(_matches(_CPT)),
    "diagnosisCodes": _all(_matches(_ICD_10_CM)),
}
"""The shape, with check digits, of fields that hold a code, wherever they stand."""


def _trade_has_a_mismatch(facts: Facts) -> bool:
    shown = set(facts.listed("mismatchedFields"))
    actual = {"quantity"} if facts.whole("quantityMismatch") else set()
    actual |= {"price"} if facts.money("priceMismatch") else set()
    if "confirmedSettleDate" in facts.payload and facts.day("confirmedSettleDate") != facts.day("settleDate"):
        actual.add("settleDate")
    return shown == actual and bool(actual)


def _report_lacks_what_was_rejected(facts: Facts) -> bool:
    reason = facts.text("rejectReason")
    defects = {
        "MISSING_LEI": "counterpartyLei" not in facts.payload,
        "MISSING_VENUE": "venue" not in facts.payload,
        "INVALID_UTI": not is_uti(facts.text("uti")),
        "INVALID_TIMESTAMP": facts.moment("executedAt") > facts.moment("submittedAt"),
    }
    return [name for name, present in defects.items() if present] == [reason]


def _therapies_overlap(facts: Facts) -> bool:
    ordered = facts.day("orderDate")
    overlaps = []
    for therapy in facts.listed("activeTherapies"):
        if not isinstance(therapy, dict) or not is_ndc(str(therapy["ndc"])):
            return False
        active = Facts(therapy, facts.arrived)
        if active.day("startDate") >= ordered:
            return False
        overlaps.append((active.day("endDate") - ordered).days)
    return min(overlaps) >= 1 and max(overlaps) == facts.whole("overlapDays")


def _settles_after_its_cycle(facts: Facts, traded: str, settled: str) -> bool:
    days = 1 if facts.text("isin").startswith("US") else 2
    trade, settle = facts.day(traded), facts.day(settled)
    return is_business_day(trade) and add_business_days(trade, days) == settle


def _differ(facts: Facts, one: str, other: str) -> bool:
    return facts.text(one) != facts.text(other)


INVARIANTS: dict[str, dict[str, Predicate]] = {
    "MISMATCHED_TRADE_DETAILS": {
        "the named fields are those that differ": _trade_has_a_mismatch,
        "quantities add up": lambda f: f.whole("execQty") - f.whole("orderQty") == f.whole("quantityMismatch"),
        "prices add up": lambda f: f.money("execPrice") - f.money("orderPrice") == f.money("priceMismatch"),
        "something was traded": lambda f: f.whole("execQty") > 0 and f.money("execPrice") > 0,
        "the settlement cycle holds": lambda f: _settles_after_its_cycle(f, "tradeDate", "settleDate"),
        "it was traded before it arrived": lambda f: f.day("tradeDate") <= f.today,
    },
    "FAILED_ALLOCATION": {
        "missing is block minus allocated": lambda f: (
            f.whole("blockQty") - f.whole("allocatedQty") == f.whole("missingQty") > 0
        ),
        "some was allocated": lambda f: f.whole("allocatedQty") > 0,
        "accounts differ": lambda f: len({*f.listed("accountIds")}) == len(f.listed("accountIds")),
        "it was traded on a business day": lambda f: (
            is_business_day(f.day("tradeDate")) and f.day("tradeDate") <= f.today
        ),
    },
    "POSITION_BREAK": {
        "difference is expected minus actual": lambda f: (
            f.whole("expectedQty") - f.whole("actualQty") == f.whole("difference") != 0
        ),
        "positions are held": lambda f: f.whole("expectedQty") > 0 and f.whole("actualQty") > 0,
        "the market value is positive": lambda f: f.money("marketValue") > 0,
        "it is as of the business day before": lambda f: f.day("asOfDate") == add_business_days(f.today, -1),
    },
    "CASH_BREAK": {
        "difference is expected minus actual": lambda f: (
            f.money("expectedBalance") - f.money("actualBalance") == f.money("difference") != 0
        ),
        "value falls on a business day": lambda f: (
            is_business_day(f.day("valueDate")) and f.day("valueDate") <= f.today
        ),
    },
    "SETTLEMENT_FAIL": {
        "the settlement cycle holds": lambda f: _settles_after_its_cycle(f, "tradeDate", "intendedSettleDate"),
        "it is that many business days late": lambda f: (
            business_days_between(f.day("intendedSettleDate"), add_business_days(f.today, 0))
            == f.whole("daysLate")
            >= 1
        ),
        "something was to settle": lambda f: f.whole("quantity") > 0 and f.money("settlementAmount") > 0,
    },
    "REG_REPORT_REJECTED": {
        "exactly what was rejected is wrong": _report_lacks_what_was_rejected,
        "it was rejected after it was submitted": lambda f: (
            f.moment("submittedAt") < f.moment("rejectedAt") <= f.arrived
        ),
        "it was rejected within a day": lambda f: f.moment("rejectedAt") - f.moment("submittedAt") < timedelta(days=1),
        "the counterparty is somebody else": lambda f: f.payload.get("counterpartyLei") != f.text("reportingLei"),
    },
    "SEC_MASTER_MISMATCH": {
        "the systems disagree": lambda f: (
            _differ(f, "systemAValue", "systemBValue") and _differ(f, "systemA", "systemB")
        ),
        "only the issuer's name is not economic": lambda f: (
            (f.text("impact") == "NON_ECONOMIC") == (f.text("field") == "issuer")
        ),
    },
    "CLAIM_MISSING_AUTH": {
        "authorization is required and missing": lambda f: (
            f.payload["authRequired"] is True and f.payload["authNumber"] is None
        ),
        "it was received after the service": lambda f: f.day("serviceDate") <= f.day("receivedDate") <= f.today,
        "something is claimed": lambda f: f.money("amount") > 0,
    },
    "CLAIM_CODE_MISMATCH": {
        "the codes differ": lambda f: _differ(f, "expectedCode", "submittedCode"),
        "the submitted code is claimed, the expected one is not": lambda f: (
            f.text("submittedCode") in f.listed("procedureCodes")
            and f.text("expectedCode") not in f.listed("procedureCodes")
        ),
        "the service came first": lambda f: f.day("serviceDate") < f.today,
        "something is claimed": lambda f: f.money("amount") > 0,
    },
    "PROVIDER_CREDENTIAL_EXPIRED": {
        "it expired that many days before the service": lambda f: (
            (f.day("serviceDate") - f.day("credentialExpiryDate")).days == f.whole("daysExpired") >= 1
        ),
        "the service came first": lambda f: f.day("serviceDate") < f.today,
    },
    "PATIENT_DEMOGRAPHIC_CONFLICT": {
        "the systems disagree": lambda f: (
            _differ(f, "systemAValue", "systemBValue") and _differ(f, "systemA", "systemB")
        ),
        "it says whether billing is affected": lambda f: isinstance(f.payload["affectsBilling"], bool),
        "insurance always affects billing": lambda f: (
            f.text("conflictingField") not in {"insuranceId", "coverageStart"} or f.payload["affectsBilling"] is True
        ),
    },
    "PHARMACY_DUPLICATE_THERAPY": {
        "active therapies overlap that long": _therapies_overlap,
        "it was ordered before it arrived": lambda f: f.day("orderDate") <= f.today,
    },
    "ELIGIBILITY_COVERAGE_LAPSE": {
        "coverage ended that many days before the service": lambda f: (
            (f.day("serviceDate") - f.day("coverageEnd")).days == f.whole("daysLapsed") >= 1
        ),
        "coverage began before it ended": lambda f: f.day("coverageStart") < f.day("coverageEnd"),
        "the service came first": lambda f: f.day("serviceDate") < f.today,
    },
}
"""By exception type: what must hold, and the predicate that says whether it does."""
