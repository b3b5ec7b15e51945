"""The current state of an exception as its events tell it. The row must say the same.

ExceptionCreated sets severity, status, SLA deadline and record digest; TriageCompleted and SeverityChanged set the
severity; StatusChanged, Escalated and Reopened the status; OwnerChanged the owner; SLAChanged the deadline;
ExceptionUpdated the record digest; the playbook events say which playbook runs and which step is next. After
PlaybookCompleted the playbook stays named and no step is next. Other events change only `updated_at`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from sentinai_cli.errors import CheckFailed
from sentinai_cli.models.event import EventType
from sentinai_cli.models.exception import Severity, Status


class FoldedEvent(Protocol):
    """What the fold reads of an event; `payload` is as stored, times as text."""

    @property
    def event_no(self) -> int: ...

    @property
    def event_type(self) -> str: ...

    @property
    def payload(self) -> dict[str, object]: ...

    @property
    def created_at(self) -> datetime: ...


class Told(NamedTuple):
    """An event by what the fold reads of it."""

    event_no: int
    event_type: str
    payload: dict[str, object]
    created_at: datetime


@dataclass(slots=True)
class State:
    """The columns of an exception that its events decide. `record_digest` is hex."""

    severity: Severity
    status: Status
    sla_deadline: datetime | None
    record_digest: str
    updated_at: datetime
    owner: str | None = None
    current_playbook_id: str | None = None
    current_step: int | None = None
    resolved_at: datetime | None = None
    playbook_steps: int = 0

    def columns(self) -> dict[str, object]:
        """What the exception's row must hold, by column, `updated_at` and what the record digest covers aside."""
        return {
            "severity": self.severity.value,
            "status": self.status.value,
            "sla_deadline": self.sla_deadline,
            "owner": self.owner,
            "current_playbook_id": self.current_playbook_id,
            "current_step": self.current_step,
            "resolved_at": self.resolved_at,
        }


TELLS_STATE = frozenset(
    {
        EventType.TRIAGE_COMPLETED,
        EventType.SEVERITY_CHANGED,
        EventType.STATUS_CHANGED,
        EventType.ESCALATED,
        EventType.REOPENED,
        EventType.OWNER_CHANGED,
        EventType.SLA_CHANGED,
        EventType.PLAYBOOK_STARTED,
        EventType.PLAYBOOK_STEP_COMPLETED,
        EventType.PLAYBOOK_COMPLETED,
    }
)
"""The types that change more of a state than `updated_at` and the record digest."""


class Contradiction(CheckFailed):
    """Event `event_no` cannot follow from those before it."""

    def __init__(self, event_no: int, why: str) -> None:
        super().__init__("events_contradict", f"event {event_no} contradicts those before it", why=why)
        self.event_no = event_no


def fold(events: Iterable[FoldedEvent], state: State | None = None) -> State:
    """The state after `events`, in order; `state` is that of the events before them, and is changed.

    Raises Contradiction, also for none at all and for a payload that does not fit.
    """
    for event in events:
        try:
            if state is None:
                state = _created(event)
            else:
                _apply(state, event)
        except (KeyError, TypeError, ValueError) as error:
            raise Contradiction(event.event_no, f"the payload does not fit {event.event_type}: {error}") from None
    if state is None:
        raise Contradiction(0, "there is no event")
    return state


def _created(event: FoldedEvent) -> State:
    if event.event_type != EventType.EXCEPTION_CREATED:
        raise Contradiction(event.event_no, f"the first event is {event.event_type}, not ExceptionCreated")
    payload = event.payload
    return State(
        severity=Severity(_text(payload["severity"])),
        status=Status(_text(payload["status"])),
        sla_deadline=_moment(payload["sla_deadline"]),
        record_digest=_text(payload["record_digest"]),
        updated_at=event.created_at,
    )


def _apply(state: State, event: FoldedEvent) -> None:
    payload = event.payload
    state.updated_at = event.created_at
    match event.event_type:
        case EventType.EXCEPTION_CREATED:
            raise Contradiction(event.event_no, "it was created before")
        case EventType.TRIAGE_COMPLETED:
            state.severity = Severity(_text(payload["severity"]))
        case EventType.SEVERITY_CHANGED:
            _expect(event, state.severity, payload["before"])
            state.severity = Severity(_text(payload["after"]))
        case EventType.STATUS_CHANGED:
            _expect(event, state.status, payload["before"])
            _enter(state, Status(_text(payload["after"])), event.created_at)
        case EventType.ESCALATED:
            _expect(event, state.status, payload["before"])
            _enter(state, Status.ESCALATED, event.created_at)
        case EventType.REOPENED:
            _expect(event, state.status, payload["before"])
            _enter(state, Status.OPEN, event.created_at)
        case EventType.OWNER_CHANGED:
            _expect(event, state.owner, payload["before"])
            after = payload["after"]
            state.owner = None if after is None else _text(after)
        case EventType.SLA_CHANGED:
            if _moment(payload["before"]) != state.sla_deadline:
                raise Contradiction(event.event_no, f"it changes a deadline that was {state.sla_deadline}")
            state.sla_deadline = _moment(payload["after"])
        case EventType.EXCEPTION_UPDATED:
            state.record_digest = _text(payload["record_digest"])
        case EventType.PLAYBOOK_STARTED:
            state.current_playbook_id = _text(payload["playbook_id"])
            state.playbook_steps = _number(payload["steps"])
            state.current_step = 1 if state.playbook_steps else None
        case EventType.PLAYBOOK_STEP_COMPLETED:
            _expect(event, state.current_playbook_id, payload["playbook_id"])
            state.current_step = min(_number(payload["step_order"]) + 1, state.playbook_steps)
        case EventType.PLAYBOOK_COMPLETED:
            _expect(event, state.current_playbook_id, payload["playbook_id"])
            state.current_step = None


def _enter(state: State, status: Status, moment: datetime) -> None:
    state.status = status
    state.resolved_at = moment if status is Status.RESOLVED else None


def _expect(event: FoldedEvent, actual: str | None, claimed: object) -> None:
    if claimed != actual:
        raise Contradiction(event.event_no, f"{event.event_type} starts from {claimed!r} where {actual!r} held")


def _moment(value: object) -> datetime | None:
    return None if value is None else datetime.fromisoformat(_text(value))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not text")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is not a whole number")
    return value
