"""What each event type's payload may hold. Strict: a key that is not named here is refused."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.event import EventType
from sentinai_cli.models.exception import Severity, Status

Hex64 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class EventPayload(Model):
    """The base of the payload models."""


class ExceptionCreated(EventPayload):
    """`record_digest` covers the immutable columns and both JSON documents (models/event_hash.py), hex."""

    source_system: str
    record_digest: Hex64
    severity: Severity
    status: Status
    sla_deadline: Moment | None


class ExceptionNormalized(EventPayload):
    domain: str
    entity: str | None = None
    fields: tuple[str, ...] = ()


class TriageCompleted(EventPayload):
    """`severity` is the decided one; `layer` and `rule` say who decided it."""

    exception_type: str
    severity: Severity
    layer: str
    rule: str | None = None
    confidence: str | None = None
    evidence: tuple[str, ...] = ()


class PolicyEvaluated(EventPayload):
    decision: Literal["ALLOW", "BLOCK", "REQUIRE_APPROVAL"]
    approval_required: bool
    violated_rules: tuple[str, ...] = ()
    playbook_id: str | None = None
    reasoning: str | None = None


class ResolutionSuggested(EventPayload):
    suggested_action: str
    playbook_id: str | None = None
    step_order: int | None = None
    confidence: str | None = None
    reasoning: str | None = None


class ResolutionApproved(EventPayload):
    approved_action: str
    approved_by: str
    playbook_id: str | None = None


class FeedbackCaptured(EventPayload):
    feedback_type: str
    feedback_text: str | None = None
    rating: Literal[1, 2, 3, 4, 5] | None = None
    resolution_effective: bool | None = None
    playbook_id: str | None = None


class LLMDecisionProposed(EventPayload):
    agent_name: str
    decision: str
    confidence: str | None = None
    reasoning: str | None = None
    model_used: str | None = None
    tokens_used: int | None = None


class CopilotQuestionAsked(EventPayload):
    question: str
    context_exception_ids: tuple[str, ...] = ()
    question_type: str | None = None


class CopilotAnswerGiven(EventPayload):
    answer: str
    question_id: str | None = None
    sources: tuple[str, ...] = ()
    confidence: str | None = None


class FieldChange(Model):
    """Old and new value of one field; documents by their digest, hex."""

    before: str | None
    after: str | None


class ExceptionUpdated(EventPayload):
    record_digest: Hex64
    changes: dict[str, FieldChange]


class StatusChanged(EventPayload):
    before: Status
    after: Status
    reason: str | None = None


class OwnerChanged(EventPayload):
    before: str | None
    after: str | None
    reason: str | None = None


class SeverityChanged(EventPayload):
    before: Severity
    after: Severity
    reason: str | None = None


class SLAChanged(EventPayload):
    before: Moment | None
    after: Moment | None
    reason: str | None = None


class CommentAdded(EventPayload):
    text: str


class PlaybookStarted(EventPayload):
    playbook_id: str
    steps: int


class PlaybookStepCompleted(EventPayload):
    playbook_id: str
    step_order: int
    action: str
    notes: str | None = None


class PlaybookCompleted(EventPayload):
    playbook_id: str
    steps: int


class Escalated(EventPayload):
    """`before` is the status it was escalated from."""

    before: Status
    to: str
    reason: str


class Reopened(EventPayload):
    before: Status
    reason: str | None = None


PAYLOADS: dict[EventType, type[EventPayload]] = {
    EventType(model.__name__): model
    for model in (
        ExceptionCreated,
        ExceptionNormalized,
        TriageCompleted,
        PolicyEvaluated,
        ResolutionSuggested,
        ResolutionApproved,
        FeedbackCaptured,
        LLMDecisionProposed,
        CopilotQuestionAsked,
        CopilotAnswerGiven,
        ExceptionUpdated,
        StatusChanged,
        OwnerChanged,
        SeverityChanged,
        SLAChanged,
        CommentAdded,
        PlaybookStarted,
        PlaybookStepCompleted,
        PlaybookCompleted,
        Escalated,
        Reopened,
    )
}
"""One strict model for each event type; the class is named like the type."""
