"""An event: one append-only fact about one exception."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sentinai_cli.models.base import Model, Moment


class ActorType(StrEnum):
    AGENT = "agent"
    USER = "user"
    SYSTEM = "system"


class EventType(StrEnum):
    """The platform's own types first, then those that operators cause."""

    EXCEPTION_CREATED = "ExceptionCreated"
    EXCEPTION_NORMALIZED = "ExceptionNormalized"
    TRIAGE_COMPLETED = "TriageCompleted"
    POLICY_EVALUATED = "PolicyEvaluated"
    RESOLUTION_SUGGESTED = "ResolutionSuggested"
    RESOLUTION_APPROVED = "ResolutionApproved"
    FEEDBACK_CAPTURED = "FeedbackCaptured"
    LLM_DECISION_PROPOSED = "LLMDecisionProposed"
    COPILOT_QUESTION_ASKED = "CopilotQuestionAsked"
    COPILOT_ANSWER_GIVEN = "CopilotAnswerGiven"
    EXCEPTION_UPDATED = "ExceptionUpdated"
    STATUS_CHANGED = "StatusChanged"
    OWNER_CHANGED = "OwnerChanged"
    SEVERITY_CHANGED = "SeverityChanged"
    SLA_CHANGED = "SLAChanged"
    COMMENT_ADDED = "CommentAdded"
    PLAYBOOK_STARTED = "PlaybookStarted"
    PLAYBOOK_STEP_COMPLETED = "PlaybookStepCompleted"
    PLAYBOOK_COMPLETED = "PlaybookCompleted"
    ESCALATED = "Escalated"
    REOPENED = "Reopened"


class Event(Model):
    """An event as it is shown, of a type that this version does not know too. `hash` is hex."""

    event_no: int
    event_id: UUID
    event_type: EventType | str
    actor_type: ActorType
    actor_id: str
    payload: dict[str, object]
    created_at: Moment
    hash: str


class EventAppended(Model):
    """`appended` is False when an event of that id with the same content was there already."""

    appended: bool
    tenant_id: str
    exception_id: str
    event: Event


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event that has no place in a chain yet. `payload` is a canonical document of its type's shape."""

    event_id: UUID
    event_type: EventType
    actor_type: ActorType
    actor_id: str
    payload: dict[str, object]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event ready to be stored: numbered, linked and hashed by its maker (models/event_hash.py)."""

    event_no: int
    event_id: UUID
    event_type: EventType
    actor_type: ActorType
    actor_id: str
    payload: dict[str, object]
    created_at: datetime
    leaf: bytes
    hash: bytes


class Placed(NamedTuple):
    """Where an event stands in its exception's log, and what only the log knows of it."""

    event_no: int
    created_at: datetime
    hash: bytes


class StoredEvent(NamedTuple):
    """An event as the log holds it, for verification: nothing in it is trusted."""

    tenant_id: str
    exception_id: str
    event_no: int
    event_id: UUID
    event_type: str
    actor_type: str
    actor_id: str
    payload: dict[str, object]
    created_at: datetime
    leaf: bytes
    hash: bytes
