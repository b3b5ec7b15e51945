"""Conditions are CEL: what they mean, what is refused before they run, and what cannot be decided when they do."""

import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.packs.conditions import Condition, EvaluationError, Facts, InvalidCondition

FACTS = Facts(
    exception_type="CASH_BREAK",
    source_system="CashLedger",
    amount=Decimal("1000.50"),
    raw_payload={
        "impact": "ECONOMIC",
        "flag": True,
        "count": 5,
        "share": 2.5,
        "nothing": None,
        "codes": ["A", "B"],
        "deep": {"er": {"value": 1}},
        "difference": "900.00",
        "from": "2026-01-31",
        "until": "2026-02-10",
        "a-b": 1,
    },
    context={"domain": "Finance"},
    severity="high",
)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("exceptionType == 'CASH_BREAK' && rawPayload.impact == 'ECONOMIC'", True),
        ('exceptionType == "CASH_BREAK"', True),
        ("exceptionType != 'CASH_BREAK'", False),
        ("exceptionType == 'cash_break'", False),
        ("exceptionType in ['CASH_BREAK', 'POSITION_BREAK']", True),
        ("exceptionType.endsWith('_BREAK')", True),
        ("exceptionType.matches('^CASH_')", True),
        ("severity == 'high' || false", True),
        ("sourceSystem.startsWith('Cash') && !(severity == 'low')", True),
        ("false || true && false", False),
        ("(true || true) && false", False),
        ("rawPayload.flag == true", True),
        ("rawPayload.flag == 'True'", False),
        ("rawPayload.count > 4", True),
        ("rawPayload.count == 5.0", True),
        ("rawPayload.share >= 2", True),
        ("rawPayload.nothing == null", True),
        ("has(rawPayload.nothing) && !has(rawPayload.missing)", True),
        ("'B' in rawPayload.codes && size(rawPayload.codes) == 2", True),
        ("rawPayload.codes.exists(code, code == 'B')", True),
        ("rawPayload.codes.all(code, code.size() == 2)", False),
        ("rawPayload.deep.er.value == 1", True),
        ("rawPayload['a-b'] == 1", True),
        ("double(rawPayload.difference) > 899.99", True),
        ("rawPayload.from < rawPayload.until", True),
        (
            "timestamp(rawPayload.until + 'T00:00:00Z') - timestamp(rawPayload.from + 'T00:00:00Z') > duration('200h')",
            True,
        ),
        ("amount > 1000 && amount <= 1000.5", True),
        ("context.domain == 'Finance'", True),
        ("rawPayload.missing == 1 || true", True),
        ("rawPayload.missing == 1 && false", False),
        ("rawPayload.flag == true ? rawPayload.count == 5 : false", True),
    ],
)
def test_a_condition_means_what_the_language_says(text: str, holds: bool) -> None:
    assert Condition.compile(text).evaluate(FACTS) is holds


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Syntax error"),
        ("exceptionType = 'X'", "line 1, column 15"),
        ("exceptionType == 'X' and true", "mismatched input 'and'"),
        ("exceptionType == 'X", "Syntax error"),
        ("if: exceptionType == 'X'", "Syntax error"),
        ("1 + 'a' == 2", "no matching overload"),
        ("exceptionType == 5", "no matching overload"),
        ("severity > 3", "no matching overload"),
        ("true &&\nkind == 'X'", "line 2, column 1: undeclared reference to 'kind'"),
        ("raw_payload.impact == 'X'", "undeclared reference to 'raw_payload.impact'"),
        ("exceptionType.containz('X')", "undeclared reference to 'containz'"),
        ("rawPayload.impact", "compare it"),
        ("exceptionType", "compare it"),
        ("'text'", "compare it"),
        ("(" * 500 + "true" + ")" * 500, "recursion"),
        ("true\x00", "not text"),
        ("exceptionType == '\ud800'", "not text"),
        ("true" + " && true" * 20_000, "size exceeds"),
    ],
)
def test_a_text_that_is_no_condition_is_refused_before_it_runs(text: str, says: str) -> None:
    with pytest.raises(InvalidCondition) as caught:
        Condition.compile(text)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("rawPayload.missing == 'X'", 'Key not found in map : "missing"'),
        ("rawPayload.impact.deeper == 1", ""),
        ("rawPayload.impact > 5", "No matching overloads found"),
        ("rawPayload.codes[9] == 'X'", "Index error"),
        ("1 / 0 == 1", "divide by zero"),
        ("double(rawPayload.impact) > 1.0", ""),
        ("timestamp(rawPayload.impact) > timestamp('2026-01-01T00:00:00Z')", ""),
        ("(rawPayload.count > 1 ? rawPayload.impact : rawPayload.missing) == true || rawPayload.missing", ""),
    ],
)
def test_what_cannot_be_decided_is_no_match_with_a_reason(text: str, reason: str) -> None:
    outcome = Condition.compile(text).evaluate(FACTS)
    assert isinstance(outcome, EvaluationError)
    assert outcome.reason
    assert reason in outcome.reason


def test_an_absent_amount_is_null_and_compares_with_nothing() -> None:
    without = Facts("X", "S", None, {}, {})
    assert Condition.compile("amount == null").evaluate(without) is True
    assert isinstance(Condition.compile("amount > 10").evaluate(without), EvaluationError)
    assert Condition.compile("amount != null && amount > 10").evaluate(without) is False


def test_a_payload_cannot_make_a_condition_run_for_long() -> None:
    wide = Facts("X", "S", None, {"items": list(range(5000))}, {})
    outcome = Condition.compile("rawPayload.items.all(x, rawPayload.items.all(y, x + y >= 0))").evaluate(wide)
    assert outcome == EvaluationError("Iteration budget exceeded")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-(2**53), max_value=2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.just("ECONOMIC"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150)
@given(payload=st.dictionaries(st.sampled_from(["impact", "count", "codes"]) | st.text(max_size=8), JSON, max_size=5))
def test_no_payload_makes_an_evaluation_raise(payload: dict[str, object]) -> None:
    facts = Facts("X", "S", Decimal(1), payload, {})
    for text in ("rawPayload.impact == 'ECONOMIC'", "rawPayload.count > 1", "rawPayload.codes.exists(c, c == 'A')"):
        assert isinstance(Condition.compile(text).evaluate(facts), bool | EvaluationError)
    outcome = Condition.compile("rawPayload.impact == 'ECONOMIC'").evaluate(facts)
    assert (outcome is True) == (payload.get("impact") == "ECONOMIC")


def test_the_rule_language_is_loaded_by_the_first_condition_only() -> None:
    script = """
import sys
from sentinai_cli.packs import reader, severity, suites
from sentinai_cli.packs.conditions import Condition
before = [name for name in sys.modules if name.startswith("cel_expr_python")]
Condition.compile("true")
print(before, "cel_expr_python.cel" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] True"
