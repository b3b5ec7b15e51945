"""The packs that travel with the tool are valid, complete, and decide what they are known to decide."""

from pathlib import Path

import pytest

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.packs import overlay
from sentinai_cli.packs.check import check_policy_pack
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.reader import read_pack
from sentinai_cli.packs.severity import SeverityPolicy
from sentinai_cli.packs.suites import run_suites
from sentinai_cli.resources import bundled

FILES = sorted(path.name for path in bundled("domainpacks").glob("*.json"))
PAIRS = [
    ("finance.sample.json", "tenant_finance_001.policy.sample.json"),
    ("healthcare.sample.json", "tenant_healthcare_042.policy.sample.json"),
]
EVERY = [*PAIRS, ("insurance.sample.json", "tenant_insurance_107.policy.sample.json")]
SEVERITIES = {
    "MISMATCHED_TRADE_DETAILS": "high",
    "FAILED_ALLOCATION": "medium",
    "POSITION_BREAK": "critical",
    "CASH_BREAK": "high",
    "SETTLEMENT_FAIL": "high",
    "REG_REPORT_REJECTED": "high",
    "SEC_MASTER_MISMATCH": "low",
    "CLAIM_MISSING_AUTH": "high",
    "CLAIM_CODE_MISMATCH": "medium",
    "PROVIDER_CREDENTIAL_EXPIRED": "high",
    "PATIENT_DEMOGRAPHIC_CONFLICT": "low",
    "PHARMACY_DUPLICATE_THERAPY": "critical",
    "ELIGIBILITY_COVERAGE_LAPSE": "high",
}
RAISED = [
    ("SEC_MASTER_MISMATCH", {"impact": "ECONOMIC"}, "medium"),
    ("SEC_MASTER_MISMATCH", {"impact": "NON_ECONOMIC"}, "low"),
    ("PATIENT_DEMOGRAPHIC_CONFLICT", {"affectsBilling": True}, "medium"),
    ("PATIENT_DEMOGRAPHIC_CONFLICT", {"affectsBilling": False}, "low"),
]


def load(name: str) -> DomainPack | PolicyPack:
    """A sample by its file name."""
    return read_pack(Path(bundled("domainpacks") / name).read_bytes(), name=name)


def pair(domain_file: str, policy_file: str) -> tuple[DomainPack, PolicyPack]:
    """A domain pack and a tenant's policy pack."""
    domain, policy = load(domain_file), load(policy_file)
    assert isinstance(domain, DomainPack)
    assert isinstance(policy, PolicyPack)
    return domain, policy


def test_there_are_three_domains_and_a_tenant_of_each() -> None:
    assert sorted(name for names in EVERY for name in names) == FILES
    assert [(pair(*names)[0].domain_name, pair(*names)[1].tenant_id) for names in EVERY] == [
        ("Finance", "TENANT_FINANCE_001"),
        ("Healthcare", "TENANT_HEALTHCARE_042"),
        ("Insurance", "TENANT_INSURANCE_107"),
    ]


@pytest.mark.parametrize("names", EVERY, ids=["finance", "healthcare", "insurance"])
def test_each_policy_fits_its_domain(names: tuple[str, str]) -> None:
    domain, policy = pair(*names)
    assert check_policy_pack(policy, domain) == ()


@pytest.mark.parametrize("names", EVERY, ids=["finance", "healthcare", "insurance"])
def test_every_suite_passes_and_every_type_is_tested(names: tuple[str, str]) -> None:
    domain, _ = pair(*names)
    cases = [case for suite in run_suites(domain) for case in suite.cases]
    assert [case for case in cases if not case.passed] == []
    tested = {case.input.exception_type for suite in domain.test_suites for case in suite.cases}
    assert tested == set(domain.exception_types)


@pytest.mark.parametrize("names", PAIRS, ids=["finance", "healthcare"])
@pytest.mark.parametrize("payload", [{}, {"difference": "0.00", "daysLate": 0, "missingQty": 0, "overlapDays": 0}])
def test_every_type_has_its_severity_whatever_its_payload_lacks(
    names: tuple[str, str], payload: dict[str, object]
) -> None:
    domain, policy = pair(*names)
    for overlaid in (None, policy):
        decide = SeverityPolicy(domain, overlaid).decide
        decided = {kind: decide(Facts(kind, "", None, payload, {})).severity.value for kind in domain.exception_types}
        assert decided == {kind: SEVERITIES[kind] for kind in domain.exception_types}


def test_the_samples_cover_all_thirteen_types() -> None:
    assert [kind for names in PAIRS for kind in pair(*names)[0].exception_types] == list(SEVERITIES)


@pytest.mark.parametrize(("kind", "payload", "severity"), RAISED)
def test_impact_and_billing_raise_what_is_otherwise_low(kind: str, payload: dict[str, object], severity: str) -> None:
    domain, policy = next(both for both in (pair(*names) for names in PAIRS) if kind in both[0].exception_types)
    assert SeverityPolicy(domain, policy).decide(Facts(kind, "", None, payload, {})).severity == severity


@pytest.mark.parametrize("names", PAIRS, ids=["finance", "healthcare"])
def test_every_type_has_a_playbook_of_three_to_six_steps_that_the_tenant_s_tools_can_take(
    names: tuple[str, str],
) -> None:
    domain, policy = pair(*names)
    tools = overlay.tools(domain, policy)
    for kind in domain.exception_types:
        for overlaid in (None, policy):
            playbook = overlay.playbook_for(domain, overlaid, kind)
            assert playbook is not None
            assert 3 <= len(playbook.steps) <= 6
            assert {step.action for step in playbook.steps} <= tools.keys()


@pytest.mark.parametrize("names", EVERY, ids=["finance", "healthcare", "insurance"])
def test_each_tenant_replaces_one_playbook_and_asks_for_approval_when_critical(names: tuple[str, str]) -> None:
    domain, policy = pair(*names)
    (custom,) = policy.custom_playbooks
    assert overlay.playbook_for(domain, policy, custom.exception_types[0]) == custom
    assert [rule.require_approval for rule in policy.human_approval_rules if rule.severity == "critical"] == [True]


@pytest.mark.parametrize("names", EVERY, ids=["finance", "healthcare", "insurance"])
def test_rules_and_playbooks_speak_of_members_that_the_type_s_entities_have(names: tuple[str, str]) -> None:
    domain, policy = pair(*names)
    for book in (*domain.playbooks, *policy.custom_playbooks):
        known = {
            name
            for entity in domain.exception_types[book.exception_types[0]].entities
            for name in domain.entities[entity].attributes
        }
        used = {
            str(value).removeprefix("{rawPayload.").removesuffix("}")
            for step in book.steps
            for value in step.parameters.values()
            if str(value).startswith("{rawPayload.")
        }
        assert used <= known, book.playbook_id


def test_the_third_domain_uses_what_a_pack_can_say_and_each_of_its_rules_is_tested() -> None:
    domain, policy = pair(*EVERY[2])
    rules = {rule.rule_id for kind in domain.exception_types.values() for rule in kind.severity_rules}
    won = {case.why.split(";")[0].rsplit(" ", 1)[1] for suite in run_suites(domain) for case in suite.cases}
    assert rules <= won
    assert len(domain.exception_types) == len(domain.playbooks) == 8
    assert all(3 <= len(playbook.steps) <= 6 for playbook in domain.playbooks)
    assert overlay.tools(domain, policy).keys() < domain.tools.keys()
