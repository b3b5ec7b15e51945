"""A broken pack is refused with everything that is wrong with it, each with its place, its line and what was meant."""

from typing import Any

import pytest

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.packs.reader import InvalidPack, read_pack
from tests.unit.packs.document import as_bytes, domain, findings, trading, trading_policy


def test_a_document_says_by_its_members_which_kind_of_pack_it_is() -> None:
    assert isinstance(read_pack(as_bytes(trading()), name="a"), DomainPack)
    assert isinstance(read_pack(as_bytes(trading_policy()), name="b"), PolicyPack)
    without_tenant = trading_policy()
    del without_tenant["tenantId"]
    assert list(findings(without_tenant)) == ["/tenantId"]


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_key() -> None:
    document = trading()
    document["exceptionTypes"]["CASH_BREAK"]["severityRule"] = []
    found = findings(document)["/exceptionTypes/CASH_BREAK/severityRule"]
    line = as_bytes(document).decode().splitlines()[(found.line or 0) - 1]
    assert '"severityRule": []' in line
    assert found.suggestion == "severityRules"
    assert found.expected is not None
    assert "detectionRules" in found.expected


def test_python_spellings_of_keys_are_unknown_keys() -> None:
    document = trading()
    document["domain_name"] = document.pop("domainName")
    assert {pointer: found.problem for pointer, found in findings(document).items()} == {
        "/domainName": "is missing",
        "/domain_name": "unknown key 'domain_name'",
    }


def test_all_errors_are_reported_at_once_in_the_order_of_the_file() -> None:
    document = trading()
    document["entities"]["TradeOrder"]["attributes"]["price"]["type"] = "decimel"
    document["exceptionTypes"]["CASH BREAK"] = {"description": "A name with a blank."}
    document["severityRules"][0]["severity"] = "HIHG"
    document["tools"]["getOrder"]["maxRetries"] = "2"
    document["tools"]["openCase"]["timeoutSeconds"] = -1
    document["playbooks"][0]["steps"] = []
    document["guardrails"]["humanApprovalThreshold"] = 1.5
    document["testSuites"][0]["expectedOutput"] = {}
    document["testSuites"][1]["input"]["amount"] = "12,50"
    found = findings(document)
    assert list(found) == [
        "/entities/TradeOrder/attributes/price/type",
        "/exceptionTypes/CASH BREAK",
        "/severityRules/0/severity",
        "/tools/getOrder/maxRetries",
        "/tools/openCase/timeoutSeconds",
        "/playbooks/0/steps",
        "/guardrails/humanApprovalThreshold",
        "/testSuites/0/expectedOutput",
        "/testSuites/1/input/amount",
    ]
    assert found["/severityRules/0/severity"].suggestion == "high"
    assert found["/tools/getOrder/maxRetries"].sentence.endswith("is a string; expected an integer")
    assert found["/playbooks/0/steps"].problem == "is empty"


def test_an_unknown_key_does_not_hide_a_name_that_does_not_exist() -> None:
    document = trading()
    document["colour"] = "red"
    document["playbooks"][0]["exceptionType"] = "SETTLEMENT_FAIL_"
    found = findings(document)
    assert found["/playbooks/0/exceptionType"].suggestion == "SETTLEMENT_FAIL"
    assert "/colour" in found


def test_one_error_in_a_large_pack_is_found_on_its_line() -> None:
    document = trading()
    document["exceptionTypes"] |= {
        f"TYPE_{number}": {"description": f"Number {number}.", "defaultSeverity": "low"} for number in range(3000)
    }
    document["exceptionTypes"]["TYPE_2718"]["defaultSeverity"] = "lwo"
    (found,) = findings(document).values()
    lines = as_bytes(document).decode().splitlines()
    assert found.pointer == "/exceptionTypes/TYPE_2718/defaultSeverity"
    assert lines[(found.line or 0) - 1].strip() == '"defaultSeverity": "lwo"'
    assert "Number 2718." in lines[(found.line or 0) - 2]


def test_the_error_counts_and_shows_the_problems_as_sentences() -> None:
    with pytest.raises(InvalidPack) as caught:
        read_pack(b'{"exceptionTypes": {}}', name="mine.json")
    assert (caught.value.code, caught.value.what) == ("invalid_pack", "mine.json is not a valid pack: 2 problems")
    assert caught.value.why == "line 1, /domainName: is missing\nline 1, /exceptionTypes: is empty"


@pytest.mark.parametrize(
    ("member", "value", "problem"),
    [
        ("tenantId", "no spaces", "1 to 64 letters, digits, '_', '.' or '-', the first a letter or digit"),
        ("retentionPolicies", {"dataTTL": 0}, "is a number"),
        ("retentionPolicies", {"dataTTL": True}, "is a boolean"),
        ("humanApprovalRules", [{"severity": "high", "requireApproval": "yes"}], "is a string"),
        ("approvedTools", "getOrder", "is a string"),
    ],
)
def test_a_policy_is_as_strict(member: str, value: object, problem: str) -> None:
    found = findings(trading_policy() | {member: value})
    assert [item.problem for item in found.values()] == [problem]


def test_a_name_with_blanks_around_it_is_another_name_and_refused() -> None:
    document = trading()
    document["exceptionTypes"]["CASH_BREAK "] = {"description": "Not the same as CASH_BREAK."}
    document["playbooks"][0]["exceptionType"] = " CASH_BREAK"
    assert set(findings(document)) == {"/exceptionTypes/CASH_BREAK ", "/playbooks/0/exceptionType"}


def test_guardrails_are_replaced_or_changed_but_not_both() -> None:
    found = findings(trading_policy() | {"guardrailOverrides": {"maxAutoRetries": 1}})
    assert found[""].problem == "customGuardrails and guardrailOverrides together; keep one of them"


def test_what_only_repeats_a_default_does_not_change_the_checksum() -> None:
    verbose: dict[str, Any] = trading()
    verbose["tools"]["openCase"] |= {"maxRetries": 3, "version": "1.0.0", "timeoutSeconds": None, "type": "rest"}
    verbose["playbooks"][0]["approved"] = False
    verbose["severityRules"][0]["severity"] = "high"
    assert domain(verbose).checksum() == domain(trading()).checksum()
