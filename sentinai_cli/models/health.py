"""What a health check finds: a state, what it looked at, and each finding with its remedy."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from sentinai_cli.models.base import Model
from sentinai_cli.models.result import ListResult, Page


class CheckState(StrEnum):
    """`unknown` means that the check could not be made, which is no good news."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


_WORST_FIRST = (CheckState.FAIL, CheckState.UNKNOWN, CheckState.WARN, CheckState.OK)


def worst(states: Iterable[CheckState]) -> CheckState:
    """The worst of them, fail before unknown before warn; ok when there are none."""
    return min(states, key=_WORST_FIRST.index, default=CheckState.OK)


class Evidence(Model):
    """One finding. `object` names the offender; `fix` is SQL or a command line to run, None where there is none."""

    state: CheckState
    object: str
    finding: str
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What looking came to: how much was covered, in words, and what was found there."""

    covered: str
    evidence: tuple[Evidence, ...] = ()


class HealthCheck(Model):
    """One question and its answer; `state` is that of the worst evidence, ok without any."""

    check: str
    state: CheckState
    question: str
    covered: str
    evidence: tuple[Evidence, ...]

    @classmethod
    def of(cls, check: str, question: str, seen: Seen) -> Self:
        """The answer that follows from what was seen."""
        state = worst(one.state for one in seen.evidence)
        return cls(check=check, state=state, question=question, covered=seen.covered, evidence=seen.evidence)


class HealthReport(ListResult[HealthCheck]):
    """Checks, the worst first; `state` is the worst of theirs."""

    state: CheckState

    @classmethod
    def of(cls, checks: Iterable[HealthCheck]) -> Self:
        """The report of these checks, which keep their order among equals."""
        ordered = tuple(sorted(checks, key=lambda check: _WORST_FIRST.index(check.state)))
        return cls(items=ordered, page=Page.of_all(len(ordered)), state=worst(check.state for check in ordered))
