"""Effective severity: the tenant's override, else the highest matching rule, else the type's default, else medium."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.models.exception import Severity
from sentinai_cli.models.severity_decision import Layer
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.severity import SeverityPolicy
from tests.unit.packs.document import domain, policy


def pack(**members: Any) -> dict[str, Any]:
    """A domain pack with the types A (default high) and B (no default)."""
    types = {"A": {"description": "a", "defaultSeverity": "high"}, "B": {"description": "b"}}
    return {"domainName": "D", "exceptionTypes": types} | members


def facts(kind: str, amount: str | None = None, severity: str = "", **payload: object) -> Facts:
    """An exception of this type with this payload."""
    return Facts(kind, "Source", None if amount is None else Decimal(amount), payload, {}, severity)


def test_without_rules_the_default_of_the_type_holds_and_medium_is_the_last_resort() -> None:
    decide = SeverityPolicy(domain(pack()), None).decide
    by_type, by_nobody, unknown = decide(facts("A")), decide(facts("B")), decide(facts("C"))
    assert (by_type.severity, by_type.layer, by_type.rule) == (
        Severity.HIGH,
        Layer.TYPE,
        "/exceptionTypes/A/defaultSeverity",
    )
    assert [(item.severity, item.layer, item.rule) for item in (by_nobody, unknown)] == [
        (Severity.MEDIUM, Layer.DEFAULT, None)
    ] * 2


def test_the_highest_matching_rule_wins_even_below_the_default() -> None:
    document = pack(
        severityRules=[
            {"ruleId": "low-one", "condition": "exceptionType == 'A'", "severity": "low"},
            {"condition": "rawPayload.big == true", "severity": "medium"},
            {"ruleId": "not-this", "condition": "exceptionType == 'B'", "severity": "critical"},
        ]
    )
    decide = SeverityPolicy(domain(document), None).decide
    small, big = decide(facts("A", big=False)), decide(facts("A", big=True))
    assert (small.severity, small.layer, small.rule) == (Severity.LOW, Layer.RULE, "low-one")
    assert (big.severity, big.layer, big.rule) == (Severity.MEDIUM, Layer.RULE, "/severityRules/1")
    assert [(rule.rule, rule.matched) for rule in big.tried] == [
        ("low-one", True),
        ("/severityRules/1", True),
        ("not-this", False),
    ]


def test_the_rules_of_a_type_are_asked_for_that_type_only_and_before_the_pack_s() -> None:
    document = pack(severityRules=[{"ruleId": "general", "condition": "true", "severity": "low"}])
    document["exceptionTypes"]["A"]["severityRules"] = [{"condition": "true", "severity": "low"}]
    decide = SeverityPolicy(domain(document), None).decide
    assert decide(facts("A")).rule == "/exceptionTypes/A/severityRules/0"
    assert decide(facts("B")).rule == "general"
    assert [rule.rule for rule in decide(facts("B")).tried] == ["general"]


def test_a_rule_that_cannot_be_decided_is_no_match_and_says_why() -> None:
    document = pack(severityRules=[{"condition": "rawPayload.impact == 'X'", "severity": "critical"}])
    decision = SeverityPolicy(domain(document), None).decide(facts("A"))
    assert (decision.severity, decision.layer) == (Severity.HIGH, Layer.TYPE)
    assert decision.tried[0].matched is False
    assert decision.tried[0].reason == 'Key not found in map : "impact"'


def test_a_tenant_s_override_ends_the_question_for_exactly_that_type() -> None:
    document = pack(severityRules=[{"condition": "true", "severity": "critical"}])
    overlay = policy(
        {"tenantId": "T", "customSeverityOverrides": [{"exceptionType": "A", "severity": "LOW"}], "domainName": "D"}
    )
    decide = SeverityPolicy(domain(document), overlay).decide
    overridden = decide(facts("A"))
    assert (overridden.severity, overridden.layer, overridden.rule, overridden.tried) == (
        Severity.LOW,
        Layer.POLICY,
        "/customSeverityOverrides/0",
        (),
    )
    assert decide(facts("a")).severity is Severity.CRITICAL
    assert decide(facts("B")).severity is Severity.CRITICAL


@pytest.mark.parametrize(("said", "holds"), [("critical", True), ("low", False), ("", False)])
def test_a_rule_may_ask_what_the_source_said_and_sees_the_default_when_it_said_nothing(said: str, holds: bool) -> None:
    document = pack(severityRules=[{"condition": "severity == 'critical'", "severity": "critical"}])
    decision = SeverityPolicy(domain(document), None).decide(facts("A", severity=said))
    assert decision.tried[0].matched is holds
    by_default = pack(severityRules=[{"condition": "severity == 'high'", "severity": "critical"}])
    assert SeverityPolicy(domain(by_default), None).decide(facts("A")).severity is Severity.CRITICAL


def test_amounts_are_compared_as_numbers() -> None:
    document = pack(severityRules=[{"condition": "amount >= 1000000", "severity": "critical"}])
    decide = SeverityPolicy(domain(document), None).decide
    assert decide(facts("A", amount="1000000.00")).severity is Severity.CRITICAL
    assert decide(facts("A", amount="999999.99")).severity is Severity.HIGH
    assert decide(facts("A")).severity is Severity.HIGH


SEVERITIES = st.sampled_from(list(Severity))


@settings(max_examples=80)
@given(
    default=st.none() | SEVERITIES,
    override=st.none() | SEVERITIES,
    general=st.lists(st.tuples(st.sampled_from(["true", "false", "rawPayload.none == 1"]), SEVERITIES), max_size=4),
    own=st.lists(st.tuples(st.sampled_from(["true", "false"]), SEVERITIES), max_size=3),
)
def test_every_decision_is_the_strongest_layer_that_has_an_answer(
    default: Severity | None,
    override: Severity | None,
    general: list[tuple[str, Severity]],
    own: list[tuple[str, Severity]],
) -> None:
    def rules(listed: list[tuple[str, Severity]]) -> list[dict[str, str]]:
        return [{"condition": condition, "severity": severity.value} for condition, severity in listed]

    kind = {"description": "a", "severityRules": rules(own)} | ({"defaultSeverity": default.value} if default else {})
    document = {"domainName": "D", "exceptionTypes": {"A": kind}, "severityRules": rules(general)}
    overrides = [{"exceptionType": "A", "severity": override.value}] if override else []
    overlay = policy({"tenantId": "T", "customSeverityOverrides": overrides})
    decision = SeverityPolicy(domain(document), overlay).decide(facts("A"))
    matched = [severity for condition, severity in (*own, *general) if condition == "true"]
    expected = override or max(matched, key=lambda item: item.rank, default=None) or default or Severity.MEDIUM
    assert decision.severity is expected
    assert decision.layer is (
        Layer.POLICY if override else Layer.RULE if matched else Layer.TYPE if default else Layer.DEFAULT
    )


_CONDITIONS = (
    "exceptionType == 'A' && rawPayload.x == 1",
    "exceptionType == 'B' && rawPayload.x == 1 || rawPayload.y == 2",
    'exceptionType == "B" && (rawPayload.x == 1 ? true : false)',
    "exceptionType == 'C' && rawPayload.x == 1",
    "exceptionType == 'A' && rawPayload.s == '||'",
    "severity == 'high'",
    "rawPayload.x == 1",
    "has(rawPayload.y)",
    "amount != null && amount > 5.0",
)


@given(
    st.lists(
        st.tuples(st.sampled_from(_CONDITIONS), st.sampled_from(["low", "medium", "high", "critical"])), max_size=5
    ),
    st.sampled_from(["A", "B", "C"]),
    st.dictionaries(st.sampled_from(["x", "y", "s"]), st.sampled_from([1, 2, "||"])),
    st.sampled_from([None, "7"]),
)
@settings(max_examples=200)
def test_the_quick_way_comes_to_the_same_severity(
    rules: list[tuple[str, str]], kind: str, payload: dict[str, Any], amount: str | None
) -> None:
    written = [{"condition": condition, "severity": severity} for condition, severity in rules]
    decider = SeverityPolicy(domain(pack(severityRules=written) | _with_c()), None)
    one = facts(kind, amount, **payload)
    assert decider.severity(one) is decider.decide(one).severity


def _with_c() -> dict[str, Any]:
    return {"exceptionTypes": {name: {"description": "d", "defaultSeverity": "high"} for name in "ABC"}}
