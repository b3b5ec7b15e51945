"""How the stories of a run are spread: how they end, how many are late, what is said on the way."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import pairwise

import orjson

from sentinai_cli.models.event import EventType
from sentinai_cli.models.event_row import EventRow, RecordRow
from sentinai_cli.models.exception import Status
from sentinai_cli.seeding.moment import DAY, HOUR, MINUTE, microseconds
from sentinai_cli.seeding.plan import SeedPlan

ShareUpTo = Callable[[int], float]
Shares = tuple[str, Counter[str], dict[str, int]]

_AWAY = 4 * DAY
"""The longest that people are not at work: a weekend beside a holiday, and the first hours after it."""
_PARTS = 1_000_000


class StorySpread:
    """Counts only what as-of cannot have cut short."""

    def __init__(self, plan: SeedPlan) -> None:
        self._timeline = timeline = plan.timeline
        self._as_of = microseconds(plan.as_of)
        self._sla = {severity.value: hours * HOUR for severity, hours in timeline.sla_hours.items()}
        self._longest = timeline.turnaround[-1][1]
        self._feedback_by = max(seconds for _, seconds in timeline.delay_seconds["step"]) * _PARTS + _AWAY
        self._ends: Counter[str] = Counter()
        self._in_time: Counter[str] = Counter()
        self._comments: Counter[str] = Counter()
        self._feedback: Counter[str] = Counter()
        self._confidence: Counter[str] = Counter()
        self._resolutions: Counter[str] = Counter()
        self._escalations: Counter[str] = Counter()
        self._triage: list[int] = []

    def see(self, row: RecordRow, events: list[EventRow]) -> None:
        """One more row, with the events that were seeded."""
        if not events:
            return
        told = [(event.event_type, orjson.loads(event.payload), _at(event.created_at)) for event in events]
        arrived = _at(row.created_at)
        status, resolved = Status.OPEN.value, None
        for (_, _, before), (kind, payload, at) in pairwise(told):
            match kind:
                case EventType.STATUS_CHANGED:
                    status = str(payload.get("after"))
                    if status == Status.RESOLVED:
                        resolved = at
                        self._resolutions[str(payload.get("reason"))] += 1
                case EventType.ESCALATED:
                    status = Status.ESCALATED.value
                    self._escalations[str(payload.get("reason"))] += 1
                case EventType.TRIAGE_COMPLETED:
                    self._confidence[str(payload.get("confidence"))] += 1
                    if arrived < self._as_of - 10 * MINUTE:
                        self._triage.append((at - before) // 1_000_000)
        self._end(str(told[0][1].get("severity")), arrived, status, resolved)
        kinds = {kind for kind, _, _ in told}
        if EventType.RESOLUTION_SUGGESTED in kinds:
            self._comments["said" if EventType.COMMENT_ADDED in kinds else "not said"] += 1
        if self._timeline.story == "full" and resolved is not None and resolved < self._as_of - self._feedback_by:
            self._feedback["given" if EventType.FEEDBACK_CAPTURED in kinds else "not given"] += 1

    def shares(self) -> Iterator[Shares]:
        """What comes in shares: what was seen, and the weights."""
        timeline = self._timeline
        outcomes = {status.value: weight for status, weight in timeline.outcomes.items()}
        yield "stories end as declared", self._ends, outcomes
        in_time = round(outcomes["resolved"] / sum(outcomes.values()) * (1 - timeline.late) * _PARTS)
        yield "as many are late as declared", self._in_time, {"in time": in_time, "late": _PARTS - in_time}
        least, most = timeline.confidence_percent
        confidence = {f"{percent // 100}.{percent % 100:02d}": 1 for percent in range(least, most + 1)}
        yield "confidence is spread as declared", self._confidence, confidence
        yield "reasons of resolutions are alike", self._resolutions, dict.fromkeys(timeline.resolution_reasons, 1)
        yield "reasons of escalations are alike", self._escalations, dict.fromkeys(timeline.escalation_reasons, 1)
        comments, feedback = timeline.comment_per_mille, timeline.feedback_per_mille
        yield "as many comments as declared", self._comments, {"said": comments, "not said": 1000 - comments}
        yield "as much feedback as declared", self._feedback, {"given": feedback, "not given": 1000 - feedback}

    def delays(self) -> Iterator[tuple[str, list[int], ShareUpTo]]:
        """What takes time: seconds seen, and the share declared at or below so many."""
        machine = self._timeline.delays["machine"]
        yield (
            "triage takes as long as declared",
            self._triage,
            lambda seconds: machine.share_below((seconds + 1) * 1_000_000),
        )

    def _end(self, severity: str, arrived: int, status: str, resolved: int | None) -> None:
        sla = self._sla.get(severity)
        if sla is None:
            return
        if arrived + sla <= self._as_of:
            in_time = resolved is not None and resolved <= arrived + sla
            self._in_time["in time" if in_time else "late"] += 1
        if arrived + sla * self._longest // 1000 + _AWAY <= self._as_of:
            self._ends[status] += 1


def _at(text: str) -> int:
    return microseconds(datetime.fromisoformat(text))
