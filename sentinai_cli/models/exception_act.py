"""What operators do to exceptions, which of it is legal, and a plan of it that can be kept and carried out later."""

from enum import StrEnum
from typing import NamedTuple, Self
from uuid import UUID

from pydantic import ValidationError

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.canonical import checksum, parse_json
from sentinai_cli.models.event import EventType
from sentinai_cli.models.exception import Status
from sentinai_cli.models.result import ListResult

LARGEST_PLAN = 64 * 1024 * 1024
"""Bytes of a plan's file."""


class ActKind(StrEnum):
    ASSIGN = "assign"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    COMMENT = "comment"


_LEADS_TO = {ActKind.ESCALATE: Status.ESCALATED, ActKind.RESOLVE: Status.RESOLVED, ActKind.REOPEN: Status.OPEN}


class Act(Model):
    """One act. `to` is the new owner (None: nobody) or whom it is escalated to; `text` is a comment's."""

    kind: ActKind
    to: str | None = None
    text: str | None = None
    reason: str | None = None


class ExceptionState(NamedTuple):
    """What an act looks at; `event_no` is the number of the last event, the version of the exception."""

    tenant_id: str
    exception_id: str
    status: Status
    owner: str | None
    event_no: int


class Illegal(NamedTuple):
    """Why an act is not possible in a state."""

    why: str


class Step(NamedTuple):
    """The event that an act comes to."""

    event_type: EventType
    payload: dict[str, object]


def step_of(act: Act, state: ExceptionState) -> Step | Illegal | None:
    """The event of an act on an exception in this state; None when it is so already.

    A resolved exception is only reopened or commented on; only a resolved one is reopened.
    """
    resolved = state.status is Status.RESOLVED
    match act.kind:
        case ActKind.COMMENT:
            return Step(EventType.COMMENT_ADDED, {"text": act.text})
        case ActKind.REOPEN if not resolved and state.status is not Status.OPEN:
            return Illegal(f"it is {state.status.value}, and only a resolved one is reopened")
        case ActKind.ASSIGN | ActKind.ESCALATE if resolved:
            return Illegal("it is resolved; reopen it first")
    return None if _is_so(act, state) else _change(act, state)


def _is_so(act: Act, state: ExceptionState) -> bool:
    if act.kind is ActKind.ASSIGN:
        return state.owner == act.to
    return state.status is _LEADS_TO[act.kind]


def _change(act: Act, state: ExceptionState) -> Step:
    reason: dict[str, object] = {} if act.reason is None else {"reason": act.reason}
    before = state.status.value
    match act.kind:
        case ActKind.ASSIGN:
            return Step(EventType.OWNER_CHANGED, {"before": state.owner, "after": act.to, **reason})
        case ActKind.ESCALATE:
            return Step(EventType.ESCALATED, {"before": before, "to": act.to, **reason})
        case ActKind.REOPEN:
            return Step(EventType.REOPENED, {"before": before, **reason})
        case _:
            return Step(EventType.STATUS_CHANGED, {"before": before, "after": Status.RESOLVED.value, **reason})


class ActTarget(Model):
    """One exception of a plan, and the version that the plan was made for."""

    tenant_id: str
    exception_id: str
    event_no: int


class ActPlan(Model):
    """An act and exactly the exceptions that it is for. `digest` is over all else, so that an edit is noticed."""

    act: Act
    targets: tuple[ActTarget, ...]
    planned_at: Moment
    planned_by: str
    digest: str = ""

    def sealed(self) -> Self:
        """The plan with its digest."""
        return self.model_copy(update={"digest": self._digest()})

    @classmethod
    def read(cls, data: bytes) -> Self:
        """A plan from a file. Raises InvalidInput for anything but a plan as it was written."""
        try:
            plan = cls.model_validate(parse_json(data, max_bytes=LARGEST_PLAN))
        except ValidationError as error:
            raise InvalidInput("invalid_plan", "the file is not a plan", why=error.errors()[0]["msg"]) from None
        if plan.digest != plan._digest():
            raise InvalidInput("invalid_plan", "the plan was changed after it was made", why="its digest does not fit")
        return plan

    def _digest(self) -> str:
        return checksum(self.model_dump(mode="json", exclude={"digest"}))


class ActOutcome(StrEnum):
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"


class ActedException(Model):
    """What became of one exception. `event_no` is that of the new event; `why` says why it was skipped."""

    tenant_id: str
    exception_id: str
    outcome: ActOutcome
    event_no: int | None
    why: str | None


class ActResult(ListResult[ActedException]):
    """What an act came to. Each of `operations` is one transaction, and can be undone by its id."""

    act: ActKind
    changed: int
    unchanged: int
    skipped: int
    operations: tuple[UUID, ...]
