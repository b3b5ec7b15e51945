"""A pack's own test suites, run against its own rules."""

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.pack_suite import CaseExpectation, CaseInput, CaseResult, PackCase, PackSuite, SuiteResult
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.severity_decision import SeverityDecision
from sentinai_cli.packs import overlay
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.severity import SeverityPolicy


def run_suites(pack: DomainPack, policy_pack: PolicyPack | None = None) -> tuple[SuiteResult, ...]:
    """Every suite of the domain pack, decided under `policy_pack` too where one is given.

    The pack must have passed packs.check: a condition that does not compile raises conditions.InvalidCondition.
    """
    judge = _Judge(pack, policy_pack)
    return tuple(judge.run(suite) for suite in pack.test_suites)


class _Judge:
    def __init__(self, pack: DomainPack, policy_pack: PolicyPack | None) -> None:
        self._pack = pack
        self._policy_pack = policy_pack
        self._severity = SeverityPolicy(pack, policy_pack)

    def run(self, suite: PackSuite) -> SuiteResult:
        cases = tuple(self._case(suite.suite_id, number, case) for number, case in enumerate(suite.cases, start=1))
        passed = sum(case.passed for case in cases)
        return SuiteResult(suite_id=suite.suite_id, passed=passed, failed=len(cases) - passed, cases=cases)

    def _case(self, suite_id: str, number: int, case: PackCase) -> CaseResult:
        decision = self._severity.decide(facts_of(case.input))
        outcome = self._outcome(case.input.exception_type, decision.severity)
        expected = _expected(case.expected_output)
        actual = {name: outcome[name] for name in expected}
        return CaseResult(
            suite_id=suite_id,
            case_id=case.case_id or str(number),
            passed=expected == actual,
            expected=expected,
            actual=actual,
            why=_why(decision),
        )

    def _outcome(self, exception_type: str, severity: Severity) -> dict[str, str]:
        playbook = overlay.playbook_for(self._pack, self._policy_pack, exception_type)
        return {
            "severity": severity.value,
            "playbookId": playbook.playbook_id if playbook else "none",
            "approvalRequired": _word(overlay.approval_required(self._pack, self._policy_pack, severity)),
        }


def facts_of(record: CaseInput) -> Facts:
    """What conditions may ask about an exception record."""
    return Facts(
        exception_type=record.exception_type,
        source_system=record.source_system,
        amount=record.amount,
        raw_payload=record.raw_payload,
        context=record.context,
        severity=record.severity.value if record.severity else "",
    )


def _expected(expectation: CaseExpectation) -> dict[str, str]:
    given = expectation.model_dump(by_alias=True, exclude_none=True)
    return {name: _word(value) if isinstance(value, bool) else str(value) for name, value in given.items()}


def _word(value: bool) -> str:
    return "true" if value else "false"


def _why(decision: SeverityDecision) -> str:
    by = f"{decision.layer.value} {decision.rule}" if decision.rule else "no rule and no default"
    undecided = [f"{rule.rule}: {rule.reason}" for rule in decision.tried if rule.reason]
    return "; ".join([f"{decision.severity.value} by {by}", *undecided])
