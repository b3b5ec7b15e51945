"""Deciding once for all records that the rules cannot tell apart gives what deciding row by row gives."""

from pathlib import Path

import pytest

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.severity_decision import SeverityDecision
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.reader import read_pack
from sentinai_cli.packs.severity import SeverityPolicy
from sentinai_cli.seeding.generate import generate
from sentinai_cli.services import decision
from sentinai_cli.services.decision import PackDecisions
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
        def decide(self, facts: Facts) -> SeverityDecision:
            asked.append(facts)
            return super().decide(facts)

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
