"""Deciding once for all records that the rules cannot tell apart gives what deciding row by row gives."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.event import EventType
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.severity_decision import Layer
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.reader import read_pack
from sentinai_cli.packs.severity import SeverityPolicy
from sentinai_cli.seeding import generate as generating
from sentinai_cli.seeding.generate import generate
from sentinai_cli.services import decision
from sentinai_cli.services.decision import PackDecisions, Ruling
from tests.unit.seeding.sample import ListedDecisions, plan

PACKS = Path(__file__).parents[2] / "domainpacks"
SAMPLES = {
    "Finance": ("finance", "tenant_finance_001"),
    "Healthcare": ("healthcare", "tenant_healthcare_042"),
}


def packs(domain: str) -> tuple[DomainPack, PolicyPack]:
    general, own = SAMPLES[domain]
    first = read_pack((PACKS / f"{general}.sample.json").read_bytes(), name=general)
    second = read_pack((PACKS / f"{own}.policy.sample.json").read_bytes(), name=own)
    assert isinstance(first, DomainPack)
    assert isinstance(second, PolicyPack)
    return first, second


@pytest.mark.parametrize("remembered", [0, 3, 1 << 15])
@pytest.mark.parametrize("domain", SAMPLES)
def test_a_remembered_severity_is_the_one_that_the_rules_give_this_row(
    domain: str, remembered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decision, "REMEMBERED", remembered)
    general, own = packs(domain)
    once, each = PackDecisions(general, own), SeverityPolicy(general, own)
    for record in generate(plan(domain, count=400), ListedDecisions()):
        asked = Facts(record.type, record.source_system, record.amount, record.raw_payload, record.normalized_context)
        expected = each.decide(asked)
        got = once.severity(
            exception_type=record.type,
            source_system=record.source_system,
            amount=record.amount,
            raw_payload=record.raw_payload,
            context=record.normalized_context,
        )
        assert (got.severity, got.layer, got.rule) == (expected.severity, expected.layer, expected.rule)


def test_rules_are_asked_once_for_what_they_cannot_tell_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Counting(SeverityPolicy):
        def ruled(self, facts: Facts) -> tuple[Severity, Layer, str | None]:
            asked.append(facts)
            return super().ruled(facts)

    monkeypatch.setattr(decision, "SeverityPolicy", Counting)
    decisions = PackDecisions(*packs("Finance"))
    for number in range(50):
        decisions.severity(
            exception_type="SETTLEMENT_FAIL",
            source_system=f"S{number}",
            amount=None,
            raw_payload={"daysLate": number % 2, "settleId": number},
            context={"n": number},
        )
    assert len(asked) == 2


@pytest.mark.parametrize("remembered", [0, 3, 1 << 15])
@pytest.mark.parametrize("domain", SAMPLES)
def test_what_a_run_remembers_is_what_the_rules_give_this_row(
    domain: str, remembered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generating, "REMEMBERED", remembered)
    general, own = packs(domain)
    each = SeverityPolicy(general, own)
    for record in generate(plan(domain, count=400), PackDecisions(general, own, remembers=False)):
        asked = Facts(record.type, record.source_system, record.amount, record.raw_payload, record.normalized_context)
        expected = each.decide(asked)
        told = next((event.payload for event in record.events if event.event_type is EventType.TRIAGE_COMPLETED), None)
        assert record.severity == expected.severity
        if told is not None:
            assert (told["layer"], told.get("rule")) == (expected.layer, expected.rule)


def test_a_run_asks_the_rules_once_for_what_they_cannot_tell_apart() -> None:
    asked = []

    class Counting(PackDecisions):
        def severity(self, *, exception_type: str, **looked_at: Any) -> Ruling:
            asked.append(exception_type)
            return super().severity(exception_type=exception_type, **looked_at)

    made = Counter(record.type for record in generate(plan(count=400), Counting(*packs("Finance"), remembers=False)))
    times = Counter(asked)
    assert made["SETTLEMENT_FAIL"] > 50
    assert times["SETTLEMENT_FAIL"] <= 2 * 5  # sources by days late
    assert times["SEC_MASTER_MISMATCH"] <= 2 * 2  # sources by impact
