"""What holds for a tenant when its policy pack lies on its domain pack."""

from typing import Any

import pytest

from sentinai_cli.models.exception import Severity
from sentinai_cli.packs import overlay
from tests.unit.packs.document import care, domain, policy, trading, trading_policy


def rules(*required: tuple[str, bool]) -> dict[str, Any]:
    """A policy with these approval rules."""
    listed = [{"severity": severity, "requireApproval": needed} for severity, needed in required]
    return {"tenantId": "T", "humanApprovalRules": listed}


def test_the_domain_s_playbook_serves_its_types_and_the_first_of_several_wins() -> None:
    pack = domain(trading())
    chosen = overlay.playbook_for(pack, None, "SETTLEMENT_FAIL")
    assert chosen is not None
    assert chosen.playbook_id == "PB_SETTLEMENT_FAIL"
    assert overlay.playbook_for(pack, None, "CASH_BREAK") is None


def test_a_custom_playbook_takes_the_domain_s_place_for_its_types_only() -> None:
    pack, tenant = domain(trading()), policy(trading_policy())
    custom = overlay.playbook_for(pack, tenant, "CASH_BREAK")
    assert custom is not None
    assert custom.playbook_id == "PB_TENANT_A_CASH_BREAK"
    assert overlay.playbook_for(pack, tenant, "SETTLEMENT_FAIL") == pack.playbooks[0]


def test_a_custom_playbook_with_the_domain_s_id_hides_the_domain_s() -> None:
    document = trading_policy()
    document["customPlaybooks"][0]["playbookId"] = "PB_SETTLEMENT_FAIL"
    names = [book.playbook_id for book in overlay.playbooks(domain(trading()), policy(document))]
    assert names == ["PB_SETTLEMENT_FAIL", "PB_SETTLEMENT_FAIL_2"]


def test_custom_guardrails_replace_and_overrides_change_one_by_one() -> None:
    pack = domain(care())
    replaced = overlay.guardrails(pack, policy({"tenantId": "T", "customGuardrails": {"maxAutoRetries": 9}}))
    changed = overlay.guardrails(pack, policy({"tenantId": "T", "guardrailOverrides": {"maxAutoRetries": 9}}))
    assert (replaced.max_auto_retries, replaced.no_auto_action_if_severity_in) == (9, ())
    assert (changed.max_auto_retries, changed.escalate_if_confidence_below) == (9, 0.6)
    assert changed.no_auto_action_if_severity_in == pack.guardrails.no_auto_action_if_severity_in
    assert overlay.guardrails(pack, None) == pack.guardrails


@pytest.mark.parametrize(
    ("tenant", "severity", "needed"),
    [
        (None, "critical", True),
        (None, "high", True),
        (None, "medium", False),
        (rules(("high", False)), "high", False),
        (rules(("medium", True)), "medium", True),
        (rules(("medium", True)), "low", False),
        ({"tenantId": "T", "guardrailOverrides": {"noAutoActionIfSeverityIn": []}}, "high", False),
        ({"tenantId": "T", "guardrailOverrides": {"noAutoActionIfSeverityIn": []}}, "critical", True),
        ({"tenantId": "T", "guardrailOverrides": {"requireHumanApprovalFor": ["LOW"]}}, "low", True),
    ],
)
def test_approval_is_asked_for_by_the_tenant_s_rule_else_the_guardrails_and_always_when_critical(
    tenant: dict[str, Any] | None, severity: str, needed: bool
) -> None:
    overlaid = policy(tenant) if tenant else None
    assert overlay.approval_required(domain(care()), overlaid, Severity(severity)) is needed


def test_tools_are_the_approved_ones_with_the_tenant_s_limits() -> None:
    pack = domain(trading())
    document = trading_policy() | {"approvedTools": ["getOrder"], "customPlaybooks": []}
    effective = overlay.tools(pack, policy(document))
    assert list(effective) == ["getOrder"]
    assert (effective["getOrder"].timeout_seconds, effective["getOrder"].max_retries) == (30, 0)
    assert effective["getOrder"].endpoint == pack.tools["getOrder"].endpoint


def test_without_a_list_every_tool_is_approved_and_an_empty_list_approves_none() -> None:
    pack = domain(trading())
    assert list(overlay.tools(pack, policy({"tenantId": "T"}))) == ["getOrder", "openCase"]
    assert overlay.tools(pack, None) == pack.tools
    assert overlay.tools(pack, policy({"tenantId": "T", "approvedTools": []})) == {}
