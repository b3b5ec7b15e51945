"""Names that a pack uses exist, nothing is said twice, and conditions compile."""

from collections.abc import Callable
from typing import Any

import pytest

from sentinai_cli.models.pack_finding import Finding
from sentinai_cli.packs.check import check_policy_pack
from sentinai_cli.packs.reader import InvalidPack, read_pack_file
from tests.unit.packs.document import as_bytes, care, domain, findings, policy, trading, trading_policy

Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "pointer", "problem"),
    [
        (
            lambda pack: pack["severityRules"][0].update(condition="exceptionType == 'SETTLEMENT_FIAL'"),
            "/severityRules/0/condition",
            "no exception type is called 'SETTLEMENT_FIAL'",
        ),
        (
            lambda pack: pack["severityRules"][0].update(condition='"X" == exceptionType'),
            "/severityRules/0/condition",
            "no exception type is called 'X'",
        ),
        (
            lambda pack: pack["severityRules"][0].update(condition="exceptionType in ['CASH_BREAK', \"Y\"]"),
            "/severityRules/0/condition",
            "no exception type is called 'Y'",
        ),
        (
            lambda pack: pack["exceptionTypes"]["CASH_BREAK"]["severityRules"][0].update(condition="rawPayload"),
            "/exceptionTypes/CASH_BREAK/severityRules/0/condition",
            "not a condition: it is not known to be true or false; compare it, for example with `== true`",
        ),
        (
            lambda pack: pack["severityRules"].extend([{"ruleId": "one", "condition": "true", "severity": "low"}] * 2),
            "/severityRules/2/ruleId",
            "ruleId 'one' stands twice",
        ),
        (
            lambda pack: pack["entities"]["TradeOrder"].update(keys=["orderid"]),
            "/entities/TradeOrder/keys/0",
            "no attribute is called 'orderid'",
        ),
        (
            lambda pack: pack["exceptionTypes"]["CASH_BREAK"].update(entities=["Cash"]),
            "/exceptionTypes/CASH_BREAK/entities/0",
            "no entity is called 'Cash'",
        ),
        (
            lambda pack: pack["playbooks"][0].update(exceptionType="NOPE"),
            "/playbooks/0/exceptionType",
            "no exception type is called 'NOPE'",
        ),
        (
            lambda pack: [book.update(playbookId="PB") for book in pack["playbooks"]],
            "/playbooks/1/playbookId",
            "playbookId 'PB' stands twice",
        ),
        (
            lambda pack: pack["playbooks"][0]["steps"][2].update(stepId="1"),
            "/playbooks/0/steps/2/stepId",
            "stepId '1' stands twice",
        ),
        (
            lambda pack: pack["playbooks"][0]["steps"][0].update(action="getOrders"),
            "/playbooks/0/steps/0/action",
            "no tool is called 'getOrders'",
        ),
        (
            lambda pack: pack["playbooks"][0]["steps"][1]["parameters"].update(tool="openCases"),
            "/playbooks/0/steps/1/parameters/tool",
            "no tool is called 'openCases'",
        ),
        (
            lambda pack: pack["playbooks"][1]["steps"][0].update(action="Then call tool('closeCase') with care"),
            "/playbooks/1/steps/0/action",
            "no tool is called 'closeCase'",
        ),
        (
            lambda pack: pack["guardrails"].update(blockLists=["openCase", "getOrder"]),
            "/guardrails/blockLists/1",
            "'getOrder' is on the allow list too",
        ),
        (
            lambda pack: pack["testSuites"][0]["input"].update(exceptionType="NOPE"),
            "/testSuites/0/input/exceptionType",
            "no exception type is called 'NOPE'",
        ),
        (
            lambda pack: pack["testSuites"][0]["expectedOutput"].update(playbookId="PB_NOPE"),
            "/testSuites/0/expectedOutput/playbookId",
            "no playbook is called 'PB_NOPE'",
        ),
        (
            lambda pack: [case.update(caseId="same") for case in pack["testSuites"]],
            "/testSuites/1/caseId",
            "caseId 'same' stands twice",
        ),
    ],
)
def test_a_domain_pack_s_mistake_is_found_where_it_was_written(change: Change, pointer: str, problem: str) -> None:
    document = trading()
    change(document)
    assert {where: found.problem for where, found in findings(document).items()} == {pointer: problem}


def test_sentences_and_built_in_actions_name_no_tool() -> None:
    document = trading()
    document["tools"] = {}
    document["guardrails"] = {}
    document["playbooks"] = [
        {"exceptionType": "CASH_BREAK", "steps": [{"action": "notify"}, {"action": "Ask the custodian."}]}
    ]
    assert findings(document) == {}


def located(change: Change) -> dict[str, Finding]:
    """What is wrong with the trading policy after the change, when it lies on the trading pack."""
    document = trading_policy()
    change(document)
    file = read_pack_file(as_bytes(document), name="policy.json")
    found = file.locate(check_policy_pack(policy(document), domain(trading())))
    return {finding.pointer: finding for finding in found}


@pytest.mark.parametrize(
    ("change", "pointer", "problem"),
    [
        (
            lambda pack: pack.update(domainName="Care"),
            "/domainName",
            "is 'Care', the domain pack is for another domain",
        ),
        (
            lambda pack: pack["customSeverityOverrides"][0].update(exceptionType="cash_break"),
            "/customSeverityOverrides/0/exceptionType",
            "no exception type is called 'cash_break'",
        ),
        (
            lambda pack: pack.update(workflowPolicies={"severityOverrides": {"CASH_BREAK": "low"}}),
            "/workflowPolicies/severityOverrides/CASH_BREAK",
            "exceptionType 'CASH_BREAK' stands twice",
        ),
        (
            lambda pack: pack["approvedTools"].append("openCases"),
            "/approvedTools/2",
            "no tool is called 'openCases'",
        ),
        (lambda pack: pack["approvedTools"].append("openCase"), "/approvedTools/2", "tool 'openCase' stands twice"),
        (
            lambda pack: pack["toolOverrides"].append({"toolName": "get_order"}),
            "/toolOverrides/1/toolName",
            "no tool is called 'get_order'",
        ),
        (
            lambda pack: pack["humanApprovalRules"].append({"severity": "high", "requireApproval": False}),
            "/humanApprovalRules/1/severity",
            "severity 'high' stands twice",
        ),
        (
            lambda pack: pack["humanApprovalRules"].append({"severity": "critical", "requireApproval": False}),
            "/humanApprovalRules/1/requireApproval",
            "a critical exception always needs approval",
        ),
        (
            lambda pack: pack["customPlaybooks"][0].update(exceptionType="NOPE"),
            "/customPlaybooks/0/exceptionType",
            "no exception type is called 'NOPE'",
        ),
        (
            lambda pack: pack["approvedTools"].remove("openCase"),
            "/customPlaybooks/0/steps/0/action",
            "no approved tool is called 'openCase'",
        ),
        (
            lambda pack: pack["customGuardrails"].update(allowLists=["x"], blockLists=["x"]),
            "/customGuardrails/blockLists/0",
            "'x' is on the allow list too",
        ),
    ],
)
def test_a_policy_pack_s_mistake_is_found_where_it_was_written(change: Change, pointer: str, problem: str) -> None:
    found = located(change)
    assert {where: finding.problem for where, finding in found.items()} == {pointer: problem}
    assert found[pointer].line is not None


def test_a_tenant_s_block_list_is_held_against_the_domain_s_allow_list() -> None:
    tenant = policy({"tenantId": "T", "guardrailOverrides": {"blockLists": ["getOrder"]}})
    (found,) = check_policy_pack(tenant, domain(trading()))
    assert found.pointer == "/guardrailOverrides/blockLists/0"


def test_a_policy_that_fits_has_no_findings() -> None:
    assert located(lambda pack: None) == {}


def test_a_policy_file_refuses_with_the_findings_of_the_pair() -> None:
    file = read_pack_file(as_bytes(trading_policy()), name="policy.json")
    tenant = policy(trading_policy())
    file.refuse(check_policy_pack(tenant, domain(trading())))
    with pytest.raises(InvalidPack, match=r"policy\.json is not a valid pack") as caught:
        file.refuse(check_policy_pack(tenant, domain(care())))
    assert [finding.line for finding in caught.value.findings] == sorted(
        finding.line or 0 for finding in caught.value.findings
    )
