"""A pack's own tests run against its rules and can fail."""

import pytest

from sentinai_cli.packs.suites import run_suites
from tests.unit.packs.document import care, domain, policy, trading, trading_policy


def test_a_case_that_expects_something_else_fails_with_both_values_and_the_reason() -> None:
    document = trading()
    document["testSuites"][0]["expectedOutput"] = {
        "severity": "low",
        "playbookId": "PB_SETTLEMENT_FAIL_2",
        "approvalRequired": True,
    }
    (suite,) = run_suites(domain(document))
    case = suite.cases[0]
    assert (suite.passed, suite.failed, case.passed, case.case_id) == (1, 1, False, "1")
    assert case.expected == {"severity": "low", "playbookId": "PB_SETTLEMENT_FAIL_2", "approvalRequired": "true"}
    assert case.actual == {"severity": "high", "playbookId": "PB_SETTLEMENT_FAIL", "approvalRequired": "false"}
    assert case.why == "high by rule /severityRules/0"


@pytest.mark.parametrize("expected", [{"severity": "critical"}, {"approvalRequired": True}])
def test_only_what_is_expected_is_compared(expected: dict[str, object]) -> None:
    document = care()
    document["testSuites"][0]["cases"][0]["expected"] = expected
    (suite,) = run_suites(domain(document))
    assert suite.cases[0].passed
    assert suite.cases[0].actual.keys() == expected.keys()


def test_a_tenant_s_policy_changes_what_the_suites_see() -> None:
    (suite,) = run_suites(domain(trading()), policy(trading_policy()))
    by_case = {case.case_id: case for case in suite.cases}
    assert by_case["2"].actual == {"severity": "critical"}
    assert by_case["2"].why == "critical by policy /customSeverityOverrides/0"


def test_a_rule_that_could_not_be_decided_is_named_in_the_reason() -> None:
    document = trading()
    del document["testSuites"][1]["input"]["rawPayload"]["currency"]
    (suite,) = run_suites(domain(document))
    assert suite.cases[1].why.endswith('/exceptionTypes/CASH_BREAK/severityRules/0: Key not found in map : "currency"')
