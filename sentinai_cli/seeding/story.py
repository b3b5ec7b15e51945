"""What happens to an exception after it arrived, until it reaches the status it is heading for.

A story is told without regard to as-of; whoever writes it down stops there. So an exception that is heading for
resolved and arrived an hour ago is found half-way, as it would be.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.exception import Status
from sentinai_cli.seeding.decision import Decided, PlaybookRef
from sentinai_cli.seeding.randomness import Stream
from sentinai_cli.seeding.scenario import Delay, Timeline

INTAKE = (ActorType.SYSTEM, "intake")
_TRIAGE = (ActorType.AGENT, "triage-agent")
_POLICY = (ActorType.AGENT, "policy-agent")
_RESOLVER = (ActorType.AGENT, "resolution-agent")
_NORMALIZER = (ActorType.AGENT, "intake-agent")


@dataclass(frozen=True, slots=True)
class Happening:
    """One event to be, and how long after the one before it."""

    event_type: EventType
    actor: tuple[ActorType, str]
    payload: dict[str, object]
    delay: Delay


@dataclass(frozen=True, slots=True)
class Setting:
    """Whom and what a story is about."""

    exception_type: str
    domain: str
    entity: str | None
    context_fields: list[str]
    decided: Decided
    playbook: PlaybookRef | None
    needs_approval: bool
    owner: str
    approver: str
    desk: str
    heading_for: Status


def tell(setting: Setting, timeline: Timeline, stream: Stream) -> Iterator[Happening]:
    """Everything after ExceptionCreated, in order. The last event leaves the status that it is heading for."""
    if timeline.story == "brief":
        yield from _briefly(setting, timeline, stream)
        return
    yield from _automatic(setting, timeline, stream)
    owner = (ActorType.USER, setting.owner)
    if setting.heading_for is Status.OPEN:
        if stream.chance(timeline.assigned_while_open_per_mille):
            yield _assigned(setting)
            yield from _comment(owner, timeline, stream)
        return
    yield _assigned(setting)
    yield _status(owner, Status.OPEN, Status.ANALYZING, None)
    yield from _comment(owner, timeline, stream)
    steps = len(setting.playbook.steps) if setting.playbook else 0
    done = steps if setting.heading_for is Status.RESOLVED else stream.below(max(steps, 1))
    approved = setting.heading_for is Status.RESOLVED or done > 0
    yield from _worked(setting, timeline, stream, done, approved=approved)
    if setting.heading_for is Status.ESCALATED:
        yield _escalated(setting, timeline, stream)
    if setting.heading_for is Status.RESOLVED:
        yield _status(owner, Status.ANALYZING, Status.RESOLVED, _one(timeline.resolution_reasons, stream))
        yield from _feedback(setting, timeline, stream)


def _briefly(setting: Setting, timeline: Timeline, stream: Stream) -> Iterator[Happening]:
    """Triage and the changes of status, and nothing else."""
    yield _triaged(setting, timeline, stream)
    if setting.heading_for is Status.OPEN:
        return
    owner = (ActorType.USER, setting.owner)
    yield _status(owner, Status.OPEN, Status.ANALYZING, None)
    if setting.heading_for is Status.ESCALATED:
        yield _escalated(setting, timeline, stream)
    if setting.heading_for is Status.RESOLVED:
        yield _status(owner, Status.ANALYZING, Status.RESOLVED, _one(timeline.resolution_reasons, stream))


def _automatic(setting: Setting, timeline: Timeline, stream: Stream) -> Iterator[Happening]:
    playbook = setting.playbook
    normalized: dict[str, object] = {"domain": setting.domain, "fields": setting.context_fields}
    if setting.entity is not None:
        normalized["entity"] = setting.entity
    yield Happening(EventType.EXCEPTION_NORMALIZED, _NORMALIZER, normalized, "machine")
    yield _triaged(setting, timeline, stream)
    evaluated: dict[str, object] = {
        "decision": "REQUIRE_APPROVAL" if setting.needs_approval else "ALLOW",
        "approval_required": setting.needs_approval,
    }
    if playbook is not None:
        evaluated["playbook_id"] = playbook.playbook_id
    yield Happening(EventType.POLICY_EVALUATED, _POLICY, evaluated, "machine")


def _triaged(setting: Setting, timeline: Timeline, stream: Stream) -> Happening:
    decided = setting.decided
    triaged: dict[str, object] = {
        "exception_type": setting.exception_type,
        "severity": decided.severity.value,
        "layer": str(decided.layer),
        "confidence": _confidence(timeline, stream),
    }
    if decided.rule is not None:
        triaged["rule"] = decided.rule
    return Happening(EventType.TRIAGE_COMPLETED, _TRIAGE, triaged, "machine")


def _escalated(setting: Setting, timeline: Timeline, stream: Stream) -> Happening:
    reason = _one(timeline.escalation_reasons, stream)
    payload: dict[str, object] = {"before": "analyzing", "to": setting.desk, "reason": reason}
    return Happening(EventType.ESCALATED, (ActorType.USER, setting.owner), payload, "step")


def _worked(setting: Setting, timeline: Timeline, stream: Stream, done: int, *, approved: bool) -> Iterator[Happening]:
    playbook = setting.playbook
    named: dict[str, object] = {} if playbook is None else {"playbook_id": playbook.playbook_id}
    if playbook is not None:
        started = named | {"steps": len(playbook.steps)}
        yield Happening(EventType.PLAYBOOK_STARTED, _RESOLVER, started, "machine")
    action = "investigate by hand" if playbook is None else f"apply {playbook.playbook_id}"
    suggested = named | {"suggested_action": action, "confidence": _confidence(timeline, stream)}
    yield Happening(EventType.RESOLUTION_SUGGESTED, _RESOLVER, suggested, "machine")
    if not approved:
        return
    approver = (ActorType.USER, setting.approver) if setting.needs_approval else _POLICY
    approval = named | {"approved_action": action, "approved_by": approver[1]}
    yield Happening(
        EventType.RESOLUTION_APPROVED, approver, approval, "approval" if setting.needs_approval else "machine"
    )
    if playbook is None:
        return
    for number, step in enumerate(playbook.steps[:done], start=1):
        by_hand = stream.chance(400)
        completed = named | {"step_order": number, "action": step}
        actor = (ActorType.USER, setting.owner) if by_hand else _RESOLVER
        yield Happening(EventType.PLAYBOOK_STEP_COMPLETED, actor, completed, "step")
    if setting.heading_for is Status.RESOLVED:
        finished = named | {"steps": len(playbook.steps)}
        yield Happening(EventType.PLAYBOOK_COMPLETED, _RESOLVER, finished, "machine")


def _assigned(setting: Setting) -> Happening:
    actor = (ActorType.USER, setting.owner)
    return Happening(EventType.OWNER_CHANGED, actor, {"before": None, "after": setting.owner}, "pickUp")


def _status(actor: tuple[ActorType, str], before: Status, after: Status, reason: str | None) -> Happening:
    payload: dict[str, object] = {"before": before.value, "after": after.value}
    if reason is not None:
        payload["reason"] = reason
    return Happening(EventType.STATUS_CHANGED, actor, payload, "machine")


def _comment(actor: tuple[ActorType, str], timeline: Timeline, stream: Stream) -> Iterator[Happening]:
    if stream.chance(timeline.comment_per_mille):
        yield Happening(EventType.COMMENT_ADDED, actor, {"text": _one(timeline.comments, stream)}, "step")


def _feedback(setting: Setting, timeline: Timeline, stream: Stream) -> Iterator[Happening]:
    if not stream.chance(timeline.feedback_per_mille):
        return
    said = timeline.feedback[stream.below(len(timeline.feedback))]
    payload: dict[str, object] = {
        "feedback_type": said.type,
        "feedback_text": said.text,
        "rating": said.rating,
        "resolution_effective": said.effective,
    }
    if setting.playbook is not None:
        payload["playbook_id"] = setting.playbook.playbook_id
    yield Happening(EventType.FEEDBACK_CAPTURED, (ActorType.USER, setting.owner), payload, "step")


def _confidence(timeline: Timeline, stream: Stream) -> str:
    percent = stream.between(*timeline.confidence_percent)
    return f"{percent // 100}.{percent % 100:02d}"


def _one(texts: tuple[str, ...], stream: Stream) -> str:
    return texts[stream.below(len(texts))]
