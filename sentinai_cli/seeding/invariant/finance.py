"""What must hold in the payloads of the Finance types."""

from datetime import timedelta

from sentinai_cli.seeding.business_day import add_business_days, business_days_between, is_business_day
from sentinai_cli.seeding.identifier import is_uti
from sentinai_cli.seeding.invariant.facts import Facts, Predicate


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


def _settles_after_its_cycle(facts: Facts, traded: str, settled: str) -> bool:
    days = 1 if facts.text("isin").startswith("US") else 2
    trade, settle = facts.day(traded), facts.day(settled)
    return is_business_day(trade) and add_business_days(trade, days) == settle


FINANCE: dict[str, dict[str, Predicate]] = {
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
        "the systems disagree": lambda f: f.differ("systemAValue", "systemBValue") and f.differ("systemA", "systemB"),
        "only the issuer's name is not economic": lambda f: (
            (f.text("impact") == "NON_ECONOMIC") == (f.text("field") == "issuer")
        ),
    },
}
