"""An event in words: what it says, and what it changed."""

import json
from functools import singledispatch

from pydantic import ValidationError

from sentinai_cli.models import event_payload as of
from sentinai_cli.models.base import Model
from sentinai_cli.models.event import Event
from sentinai_cli.models.event_payload import PAYLOADS, EventPayload

_MODELS: dict[str, type[EventPayload]] = {kind.value: model for kind, model in PAYLOADS.items()}
_DIGESTS = ("record_digest",)


class Change(Model):
    """One field's value before and after; None is to have none."""

    field: str
    before: str | None
    after: str | None

    def told(self) -> str:
        """As `owner none -> ada`."""
        return f"{self.field} {self.before or 'none'} -> {self.after or 'none'}"


def told(event: Event) -> tuple[str, tuple[Change, ...]]:
    """What an event says in a line, and its changes. A payload that is not of its type is told as it is."""
    model = _MODELS.get(event.event_type)
    try:
        payload = model.model_validate(event.payload) if model else None
    except ValidationError:
        payload = None
    if payload is None:
        return _as_it_is(event.payload), ()
    return _sentence(payload), _changes(payload)


def _changes(payload: EventPayload) -> tuple[Change, ...]:
    match payload:
        case of.StatusChanged():
            return (Change(field="status", before=payload.before.value, after=payload.after.value),)
        case of.SeverityChanged():
            return (Change(field="severity", before=payload.before.value, after=payload.after.value),)
        case of.OwnerChanged():
            return (Change(field="owner", before=payload.before, after=payload.after),)
        case of.SLAChanged():
            before, after = (None if at is None else at.isoformat() for at in (payload.before, payload.after))
            return (Change(field="deadline", before=before, after=after),)
        case of.Escalated():
            return (Change(field="status", before=payload.before.value, after="escalated"),)
        case of.Reopened():
            return (Change(field="status", before=payload.before.value, after="open"),)
        case of.ExceptionUpdated():
            return tuple(
                Change(field=name, before=change.before, after=change.after)
                for name, change in sorted(payload.changes.items())
            )
    return ()


@singledispatch
def _sentence(payload: EventPayload) -> str:
    changed = ", ".join(change.told() for change in _changes(payload))
    reason = getattr(payload, "reason", None)
    return _joined(changed, reason) if changed else _as_it_is(payload.model_dump(mode="json"))


@_sentence.register
def _created(payload: of.ExceptionCreated) -> str:
    deadline = payload.sla_deadline
    due = "without a deadline" if deadline is None else f"due {deadline:%Y-%m-%d %H:%MZ}"
    return f"came from {payload.source_system}: {payload.status}, {payload.severity}, {due}"


@_sentence.register
def _normalized(payload: of.ExceptionNormalized) -> str:
    about = f"about {payload.entity}" if payload.entity else "about no entity"
    return f"{payload.domain}, {about}; context has {', '.join(payload.fields) or 'nothing'}"


@_sentence.register
def _triaged(payload: of.TriageCompleted) -> str:
    rule = f" ({payload.rule})" if payload.rule else ""
    decided = f"{payload.exception_type} is {payload.severity} by {payload.layer}{rule}{_sure(payload.confidence)}"
    return "; ".join([decided, *payload.evidence])


@_sentence.register
def _evaluated(payload: of.PolicyEvaluated) -> str:
    needs = "a person must approve" if payload.approval_required else "no approval needed"
    broken = f"violates {', '.join(payload.violated_rules)}" if payload.violated_rules else None
    return _joined(f"{payload.decision}, {needs}", _by(payload.playbook_id), broken, payload.reasoning)


@_sentence.register
def _suggested(payload: of.ResolutionSuggested) -> str:
    step = f"step {payload.step_order}" if payload.step_order else None
    action = f"{payload.suggested_action}{_sure(payload.confidence)}"
    return _joined(action, _by(payload.playbook_id), step, payload.reasoning)


@_sentence.register
def _approved(payload: of.ResolutionApproved) -> str:
    return _joined(f"{payload.approved_action}, approved by {payload.approved_by}", _by(payload.playbook_id))


@_sentence.register
def _fed_back(payload: of.FeedbackCaptured) -> str:
    worked = {True: "it worked", False: "it did not work", None: None}[payload.resolution_effective]
    rating = None if payload.rating is None else f"{payload.rating} of 5"
    return _joined(payload.feedback_type, payload.feedback_text, rating, worked, _by(payload.playbook_id))


@_sentence.register
def _proposed(payload: of.LLMDecisionProposed) -> str:
    return _joined(f"{payload.agent_name}: {payload.decision}{_sure(payload.confidence)}", payload.reasoning)


@_sentence.register
def _asked(payload: of.CopilotQuestionAsked) -> str:
    return payload.question


@_sentence.register
def _answered(payload: of.CopilotAnswerGiven) -> str:
    return _joined(f"{payload.answer}{_sure(payload.confidence)}", ", ".join(payload.sources))


@_sentence.register
def _commented(payload: of.CommentAdded) -> str:
    return payload.text


@_sentence.register
def _started(payload: of.PlaybookStarted) -> str:
    return f"{payload.playbook_id}, {payload.steps} steps"


@_sentence.register
def _step_done(payload: of.PlaybookStepCompleted) -> str:
    return _joined(f"step {payload.step_order} of {payload.playbook_id}: {payload.action}", payload.notes)


@_sentence.register
def _completed(payload: of.PlaybookCompleted) -> str:
    return f"{payload.playbook_id}, all {payload.steps} steps"


@_sentence.register
def _escalated(payload: of.Escalated) -> str:
    return f"status {payload.before} -> escalated, to {payload.to}: {payload.reason}"


@_sentence.register
def _updated(payload: of.ExceptionUpdated) -> str:
    return ", ".join(change.told() for change in _changes(payload)) or "the same record again"


def _joined(*parts: str | None) -> str:
    return "; ".join(part for part in parts if part)


def _sure(confidence: str | None) -> str:
    return f", confidence {confidence}" if confidence else ""


def _by(playbook_id: str | None) -> str | None:
    return f"playbook {playbook_id}" if playbook_id else None


def _as_it_is(payload: dict[str, object]) -> str:
    """What is set, without digests; a change as `before -> after`."""
    said = {name: _word(value) for name, value in payload.items() if value not in (None, [], {})}
    change = [f"{said.pop('before', 'none')} -> {said.pop('after')}"] if "after" in said else []
    return ", ".join(change + [f"{name} {word}" for name, word in said.items() if name not in _DIGESTS])


def _word(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
