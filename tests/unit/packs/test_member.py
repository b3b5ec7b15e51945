"""Conditions are checked with the types that the pack's entities declare, and evaluated with what is there."""

from typing import Any

import pytest

from sentinai_cli.models.entity import Attribute, AttributeType
from sentinai_cli.packs.conditions import Condition, EvaluationError, Facts, InvalidCondition
from sentinai_cli.packs.member import members_of_any, members_of_type
from tests.unit.packs.document import domain, findings, trading

MEMBERS = {
    "price": Attribute(type=AttributeType.DECIMAL),
    "days": Attribute(type=AttributeType.INTEGER),
    "rate": Attribute(type=AttributeType.NUMBER),
    "flag": Attribute(type=AttributeType.BOOLEAN),
    "codes": Attribute(type=AttributeType.ARRAY, items=AttributeType.STRING),
    "detail": Attribute(type=AttributeType.OBJECT),
    "since": Attribute(type=AttributeType.DATE),
    "odd-name": Attribute(type=AttributeType.INTEGER),
}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rawPayload.price > 1000.0", "(wrapper(string), double)"),
        ("rawPayload.days == '3'", "(wrapper(int), string)"),
        ("rawPayload.flag == 'yes'", "(wrapper(bool), string)"),
        ("3 in rawPayload.codes", ""),
        ("rawPayload.codes.exists(code, code > 5)", ""),
        ("rawPayload.since > timestamp('2026-01-01T00:00:00Z')", ""),
        ("rawPayload.price.cents == 1", "select"),
        ("rawPayload.days", "not known to be true or false"),
        ("has(rawPayload.days) && rawPayload.days > 'x'", "(wrapper(int), string)"),
    ],
)
def test_an_operand_that_never_fits_is_refused(text: str, says: str) -> None:
    with pytest.raises(InvalidCondition) as caught:
        Condition.compile(text, MEMBERS)
    assert says in str(caught.value)
    if "days" not in text or "==" in text:
        Condition.compile(text)  # of which nothing is known


@pytest.mark.parametrize(
    ("text", "payload", "expected"),
    [
        ("double(rawPayload.price) > 1000.0", {"price": "1000.01"}, True),
        ("rawPayload.days > 3 || rawPayload.flag", {"days": 1, "flag": True}, True),
        ("rawPayload.flag", {"flag": False}, False),
        ("rawPayload.days == null", {"days": None}, True),
        ("null != rawPayload.codes", {"codes": None}, False),
        ("rawPayload.detail == null || rawPayload.detail.depth > 1", {"detail": {"depth": 2}}, True),
        ("has(rawPayload.price) && rawPayload.price != ''", {}, False),
        ("!has( rawPayload . days )", {}, True),
        ("rawPayload.rate > 1.5 || rawPayload.rate > 1", {"rate": 1.6}, True),
        ("'A' in rawPayload.codes", {"codes": ["A"]}, True),
        (
            "timestamp(rawPayload.since + 'T00:00:00Z') > timestamp('2026-01-01T00:00:00Z')",
            {"since": "2026-02-01"},
            True,
        ),
        ("rawPayload.unheard == 5", {"unheard": 5}, True),
        ("rawPayload['days'] == 'three'", {"days": "three"}, True),
        ("rawPayload.size() == 1 && 'rawPayload.days' == 'rawPayload.days'", {"x": 1}, True),
    ],
)
def test_types_change_nothing_about_what_a_condition_finds(text: str, payload: dict[str, Any], expected: bool) -> None:
    assert Condition.compile(text, MEMBERS).evaluate(Facts("X", "S", None, payload, {})) is expected


@pytest.mark.parametrize("payload", [{}, {"flag": None}, {"flag": "true"}])
def test_a_payload_that_does_not_keep_to_its_types_decides_nothing(payload: dict[str, Any]) -> None:
    outcome = Condition.compile("rawPayload.flag", MEMBERS).evaluate(Facts("X", "S", None, payload, {}))
    assert isinstance(outcome, EvaluationError)


def test_the_column_of_a_mistake_is_that_of_the_text() -> None:
    with pytest.raises(InvalidCondition) as caught:
        Condition.compile("rawPayload.flag && rawPayload.days > 'x'", MEMBERS)
    assert "line 1, column 36" in str(caught.value)


def with_entities() -> dict[str, Any]:
    pack = trading()
    pack["entities"]["Cash"] = {"attributes": {"price": {"type": "integer"}, "balance": "decimal", "note": "any"}}
    pack["exceptionTypes"]["CASH_BREAK"]["entities"] = ["Cash"]
    return pack


def test_a_type_has_the_members_of_its_entities_and_the_pack_those_that_all_agree_about() -> None:
    pack = domain(with_entities())
    assert set(members_of_type(pack, "CASH_BREAK")) == {"price", "balance"}
    assert set(members_of_type(pack, "SETTLEMENT_FAIL")) == {"orderId", "balance"}
    assert set(members_of_any(pack)) == {"orderId", "balance"}


def test_a_pack_whose_rule_cannot_fit_its_entities_is_refused_at_the_rule() -> None:
    pack = with_entities()
    pack["exceptionTypes"]["CASH_BREAK"]["severityRules"] = [
        {"condition": "rawPayload.price > 5", "severity": "low"},
        {"condition": "rawPayload.balance > 5", "severity": "high"},
    ]
    pack["severityRules"] = [{"condition": "rawPayload.price > 'a'", "severity": "low"}]
    found = findings(pack)
    assert set(found) == {"/exceptionTypes/CASH_BREAK/severityRules/1/condition"}
    assert "wrapper(string), int" in next(iter(found.values())).problem
