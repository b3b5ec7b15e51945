"""What holds for a tenant, and who says so."""

import pytest

from sentinai_cli.models.exception import Severity
from sentinai_cli.models.pack_effective import PackLayer
from sentinai_cli.packs import overlay
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.effective import Setting, effective
from sentinai_cli.packs.judgement import Judgement
from tests.unit.packs.document import care, care_policy, domain, policy, trading, trading_policy


def settings(domain_pack: dict, policy_pack: dict | None) -> dict[str, Setting]:  # type: ignore[type-arg]
    found = list(effective(domain(domain_pack), policy(policy_pack) if policy_pack else None))
    assert len({setting.name for setting in found}) == len(found)
    return {setting.name: setting for setting in found}


def test_an_override_stands_above_the_type_and_says_what_it_replaces() -> None:
    found = settings(care(), care_policy())["/exceptionTypes/MISSING_AUTH/severity"]
    assert (found.value, found.layer, found.instead_of) == ("high", PackLayer.POLICY, "medium")
    assert found.place == "/customSeverityOverrides/0"


@pytest.mark.parametrize(
    ("name", "value", "layer", "place"),
    [
        ("/exceptionTypes/CASH_BREAK/severity", "critical", PackLayer.POLICY, "/customSeverityOverrides/0"),
        ("/exceptionTypes/SETTLEMENT_FAIL/severity", "medium", PackLayer.DEFAULT, ""),
        ("/exceptionTypes/CASH_BREAK/playbook", "PB_TENANT_A_CASH_BREAK", PackLayer.POLICY, "/customPlaybooks/0"),
        ("/exceptionTypes/SETTLEMENT_FAIL/playbook", "PB_SETTLEMENT_FAIL", PackLayer.DOMAIN, "/playbooks/0"),
        ("/approvalRequired/critical", True, PackLayer.DEFAULT, ""),
        ("/approvalRequired/high", True, PackLayer.POLICY, "/humanApprovalRules/0"),
        ("/approvalRequired/low", False, PackLayer.DEFAULT, ""),
        ("/guardrails/humanApprovalThreshold", 0.75, PackLayer.POLICY, "/customGuardrails/humanApprovalThreshold"),
        ("/tools/getOrder/approved", True, PackLayer.POLICY, "/approvedTools/0"),
        ("/tools/getOrder/timeoutSeconds", 30.0, PackLayer.POLICY, "/toolOverrides/0/timeoutSeconds"),
        ("/tools/openCase/maxRetries", 3, PackLayer.DEFAULT, ""),
        ("/retentionPolicies", {"dataTTL": 90}, PackLayer.POLICY, "/retentionPolicies"),
    ],
)
def test_each_value_has_the_layer_that_sets_it(name: str, value: object, layer: PackLayer, place: str) -> None:
    found = settings(trading(), trading_policy())[name]
    assert (found.value, found.layer, found.place) == (value, layer, place)


def test_without_a_policy_pack_the_domain_pack_alone_holds() -> None:
    found = settings(care(), None)
    assert {setting.layer for setting in found.values()} == {PackLayer.DOMAIN, PackLayer.DEFAULT}
    assert found["/approvalRequired/high"].place == "/guardrails/noAutoActionIfSeverityIn"


def test_a_place_leads_to_something_in_the_pack() -> None:
    documents = {
        PackLayer.DOMAIN: domain(trading()).canonical(),
        PackLayer.POLICY: policy(trading_policy()).canonical(),
    }
    for setting in settings(trading(), trading_policy()).values():
        if setting.layer is not PackLayer.DEFAULT:
            value: object = documents[setting.layer]
            for step in setting.place.split("/")[1:]:
                value = value[int(step) if isinstance(value, list) else step]  # type: ignore[index]


def test_a_playbook_of_the_tenant_takes_the_place_of_the_domains_with_the_same_id() -> None:
    tenants = trading_policy()
    tenants["customPlaybooks"] = [
        {"playbookId": "PB_SETTLEMENT_FAIL", "exceptionType": "CASH_BREAK", "steps": [{"action": "openCase"}]}
    ]
    found = settings(trading(), tenants)
    assert found["/playbooks/PB_SETTLEMENT_FAIL"].value == ["openCase"]
    assert found["/exceptionTypes/SETTLEMENT_FAIL/playbook"].value == "PB_SETTLEMENT_FAIL_2"


def test_a_judgement_is_what_severity_approval_and_playbook_say_one_by_one() -> None:
    packs = domain(trading()), policy(trading_policy())
    judgement = Judgement(*packs)
    outcome = judgement.judge(Facts("CASH_BREAK", "S", None, {}, {}))
    assert (outcome.severity, outcome.approval_required, outcome.known) == (Severity.CRITICAL, True, True)
    playbook = overlay.playbook_for(*packs, "CASH_BREAK")
    assert playbook is not None
    assert outcome.playbook_id == playbook.playbook_id
    assert judgement.judge(Facts("UNHEARD", "S", None, {}, {})).known is False


def test_an_explanation_tries_the_rules_that_an_override_makes_void() -> None:
    judgement = Judgement(domain(trading()), policy(trading_policy()))
    facts = Facts("CASH_BREAK", "S", None, {"currency": "USD"}, {})
    decided, ruled = judgement.severity_policy.explain(facts)
    assert (decided.severity, ruled.severity) == (Severity.CRITICAL, Severity.LOW)
    assert [rule.matched for rule in decided.tried] == [True, False]
    assert decided.model_copy(update={"tried": ()}) == judgement.severity_policy.decide(facts)
