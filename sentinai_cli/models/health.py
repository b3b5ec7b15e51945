"""What a health check finds: a state, what it looked at, its thresholds, and each finding with its remedy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from sentinai_cli.models.base import Model
from sentinai_cli.models.health_state import WORST_FIRST, CheckState, worst
from sentinai_cli.models.health_threshold import Threshold
from sentinai_cli.models.result import ListResult, Page

__all__ = ["CheckState", "Evidence", "HealthCheck", "HealthReport", "Measure", "Seen", "worst"]


class Evidence(Model):
    """One finding. `object` names the offender; `fix` is SQL or a command line to run, None where there is none.

    `under` is the `object` of the finding that this one hangs below, as a session below the one that blocks it.
    """

    state: CheckState
    object: str
    finding: str
    fix: str | None = None
    under: str | None = None


class Measure(Model):
    """A number that was read on the way, in seconds, bytes, rows or as a ratio; `MEASURES` says what each name is."""

    name: str
    value: float
    labels: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Seen:
    """What looking came to: how much was covered, in words, what was found there, and the numbers."""

    covered: str
    evidence: tuple[Evidence, ...] = ()
    measures: tuple[Measure, ...] = ()


class HealthCheck(Model):
    """One question and its answer; `state` is that of the worst evidence, ok without any."""

    check: str
    state: CheckState
    question: str
    covered: str
    evidence: tuple[Evidence, ...]
    thresholds: tuple[Threshold, ...] = ()
    measures: tuple[Measure, ...] = ()

    @classmethod
    def of(cls, check: str, question: str, seen: Seen, thresholds: Iterable[Threshold] = ()) -> Self:
        """The answer that follows from what was seen."""
        return cls(
            check=check,
            state=worst(one.state for one in seen.evidence),
            question=question,
            covered=seen.covered,
            evidence=seen.evidence,
            thresholds=tuple(thresholds),
            measures=seen.measures,
        )


class HealthReport(ListResult[HealthCheck]):
    """Checks, the worst first; `state` is the worst of theirs."""

    state: CheckState

    @classmethod
    def of(cls, checks: Iterable[HealthCheck]) -> Self:
        """The report of these checks, which keep their order among equals."""
        ordered = tuple(sorted(checks, key=lambda check: WORST_FIRST.index(check.state)))
        return cls(items=ordered, page=Page.of_all(len(ordered)), state=worst(check.state for check in ordered))
