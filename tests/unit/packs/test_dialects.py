"""Both dialects load into one shape, and whatever is said about them names the author's own places."""

import copy
from typing import Any

import pytest

from sentinai_cli.models.exception import Severity
from sentinai_cli.models.tool import ToolType
from sentinai_cli.packs.reader import read_pack
from sentinai_cli.packs.suites import run_suites
from tests.unit.packs.document import as_bytes, care, care_policy, domain, findings, policy, trading, trading_policy


def test_the_trading_dialect_loses_nothing() -> None:
    pack = domain(trading())
    order = pack.tools["getOrder"]
    assert (order.endpoint, order.timeout_seconds, order.max_retries) == ("https://oms.example.com/orders", 5, 2)
    assert order.parameters == {"orderId": "string"}
    assert pack.exception_types["CASH_BREAK"].severity_rules[0].severity is Severity.LOW
    assert [book.playbook_id for book in pack.playbooks] == ["PB_SETTLEMENT_FAIL", "PB_SETTLEMENT_FAIL_2"]
    assert pack.playbooks[0].steps[0].step_id == "1"
    assert pack.guardrails.human_approval_threshold == 0.9
    assert [len(suite.cases) for suite in pack.test_suites] == [2]


def test_the_care_dialect_loses_nothing() -> None:
    pack = domain(care())
    assert (pack.version, pack.description) == ("2.1", "Claims.")
    assert {name: tool.group for name, tool in pack.tools.items()} == {
        "getClaim": "dbQueries",
        "requestAuth": "apiActions",
        "openCase": "workflowActions",
    }
    assert pack.tools["openCase"].type is ToolType.WORKFLOW
    assert (pack.tools["getClaim"].parameters, pack.tools["getClaim"].returns) == ({"claimId": "string"}, {"a": 1})
    assert pack.entities["Claim"].attributes["amount"].type == "decimal"
    assert list(pack.entities["Patient"].attributes) == ["patientId", "dob"]
    assert pack.exception_types["MISSING_AUTH"].default_severity is Severity.MEDIUM
    assert pack.playbooks[0].exception_types == ("MISSING_AUTH",)
    assert pack.playbooks[0].approved
    assert pack.playbooks[0].success_criteria == ("an authorization is on file",)
    assert pack.guardrails.no_auto_action_if_severity_in == (Severity.CRITICAL, Severity.HIGH)


@pytest.mark.parametrize("document", [trading(), care()], ids=["trading", "care"])
def test_the_suites_of_either_dialect_run(document: dict[str, Any]) -> None:
    results = run_suites(domain(document))
    assert results
    assert [case for suite in results for case in suite.cases if not case.passed] == []


def test_the_trading_policy_loses_nothing() -> None:
    pack = policy(trading_policy())
    assert pack.retention_policies is not None
    assert pack.retention_policies.data_ttl == 90
    assert pack.custom_playbooks[0].playbook_id == "PB_TENANT_A_CASH_BREAK"
    assert pack.embedding_config is not None
    assert pack.embedding_config.api_key == "env:EMBEDDING_KEY"
    assert pack.notification_policies == trading_policy()["notificationPolicies"]


def test_the_care_policy_loses_nothing() -> None:
    pack = policy(care_policy())
    assert pack.domain_name is None
    assert [(item.exception_type, item.severity) for item in pack.custom_severity_overrides] == [
        ("MISSING_AUTH", Severity.HIGH)
    ]
    assert pack.approved_tools == ("getClaim", "openCase")
    assert pack.workflow_policies is not None
    assert pack.workflow_policies.escalation_queue == "lead"
    assert pack.workflow_policies.aging_thresholds == {"critical": "4h"}
    assert pack.routing_rules == care_policy()["routingRules"]


@pytest.mark.parametrize("document", [trading(), care(), trading_policy(), care_policy()])
def test_what_a_pack_says_has_one_checksum_in_any_dialect(document: dict[str, Any]) -> None:
    written = read_pack(as_bytes(document), name="written")
    rewritten = read_pack(as_bytes(written.canonical()), name="canonical")
    assert rewritten == written
    assert rewritten.checksum() == written.checksum()


def test_the_order_of_an_override_map_does_not_change_the_checksum() -> None:
    one, other = care_policy(), care_policy()
    one["workflowPolicies"]["severityOverrides"] = {"A": "LOW", "B": "HIGH"}
    other["workflowPolicies"]["severityOverrides"] = {"B": "HIGH", "A": "LOW"}
    assert policy(one).checksum() == policy(other).checksum()


def test_reading_a_document_does_not_change_it() -> None:
    document = care()
    before = copy.deepcopy(document)
    domain(document)
    assert document == before


def test_findings_name_the_places_of_the_dialect_that_was_written() -> None:
    document = care()
    document["severityRules"][0]["if"] = "exceptionType = 'DUPLICATE_THERAPY'"
    document["entities"]["Patient"]["keys"] = ["patient"]
    document["entities"]["Claim"]["fields"]["amount"]["typ"] = "x"
    document["tools"]["apiActions"][0]["argSchema"] = {}
    document["tools"]["workflowActions"].append({"name": "getClaim"})
    document["playbooks"][0]["appliesTo"].append("NOBODY")
    document["playbooks"][0]["steps"].append("getClam")
    assert list(findings(document)) == [
        "/entities/Claim/fields/amount/typ",
        "/entities/Patient/keys/0",
        "/severityRules/0/if",
        "/tools/apiActions/0/argSchema",
        "/tools/workflowActions/1/name",
        "/playbooks/0/appliesTo/1",
        "/playbooks/0/steps/2",
    ]


def test_findings_in_a_bare_list_of_cases_and_in_an_override_map_keep_their_places() -> None:
    document = trading()
    document["testSuites"][1]["expectedOutput"]["exceptionType"] = "SETTLEMENT_FAIL"
    document["testSuites"][0]["expectedOutput"]["severty"] = "low"
    assert set(findings(document)) == {
        "/testSuites/0/expectedOutput/severty",
        "/testSuites/1/expectedOutput/exceptionType",
    }
    overlay = care_policy()
    overlay["workflowPolicies"]["severityOverrides"]["MISSING_AUTH"] = "huge"
    assert set(findings(overlay)) == {"/workflowPolicies/severityOverrides/MISSING_AUTH"}


def test_two_spellings_of_one_member_are_not_both_taken() -> None:
    document = care()
    document["severityRules"][0]["condition"] = "true"
    document["playbooks"][0]["exceptionTypes"] = ["MISSING_AUTH"]
    assert set(findings(document)) == {"/severityRules/0/if", "/playbooks/0/appliesTo"}


def test_a_grouped_tool_without_a_name_is_refused_where_it_stands() -> None:
    document = care()
    document["tools"]["dbQueries"].append({"description": "Nameless."})
    document["tools"]["dbQueries"].append("getPatient")
    assert set(findings(document)) == {"/tools/dbQueries/1", "/tools/dbQueries/2"}


def test_a_group_of_tools_that_is_no_list_and_a_field_that_stands_twice_are_refused() -> None:
    document = care()
    document["tools"]["apiActions"] = {"requestAuth": {}}
    document["entities"]["Patient"]["fields"] = ["patientId", "patientId"]
    assert set(findings(document)) == {"/tools/apiActions", "/entities/Patient/fields/1"}


def test_members_may_be_written_in_short() -> None:
    document = trading()
    document["entities"]["TradeOrder"]["attributes"]["side"] = "text"
    document["entities"]["TradeOrder"]["attributes"]["venue"] = "strnig"
    document["testSuites"] = {"suiteId": "one", "cases": document["testSuites"]}
    found = findings(document)
    assert {pointer: finding.suggestion for pointer, finding in found.items()} == {
        "/entities/TradeOrder/attributes/venue": "string"
    }
