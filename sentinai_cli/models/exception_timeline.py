"""What happened to one exception, told event by event."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.cursor import damaged, of_another_list, pack, unpack
from sentinai_cli.models.event import ActorType, Event, EventType
from sentinai_cli.models.event_story import Change, told
from sentinai_cli.models.result import ListResult


class TimelineEntry(Model):
    """One event. `what` is its payload in words, `changes` what it made of the exception as far as it says itself.

    `after_seconds` counts from the event before, `age_seconds` from the exception's creation.
    """

    event_no: int
    created_at: Moment
    age_seconds: int
    after_seconds: int | None
    event_type: EventType | str
    actor_type: ActorType
    actor_id: str
    what: str
    changes: tuple[Change, ...]
    event_id: UUID
    payload: dict[str, object]


class ExceptionTimeline(ListResult[TimelineEntry]):
    """One exception's events, the first one first."""

    tenant_id: str
    exception_id: str
    created_at: Moment


def entries(
    events: Iterable[Event], *, created_at: datetime, before: datetime | None = None
) -> tuple[TimelineEntry, ...]:
    """Events in order as entries; `before` is when the event before the first of them happened."""
    found = []
    for event in events:
        what, changes = told(event)
        found.append(
            TimelineEntry(
                **event.model_dump(exclude={"hash"}),
                age_seconds=_seconds(created_at, event.created_at),
                after_seconds=None if before is None else _seconds(before, event.created_at),
                what=what,
                changes=changes,
            )
        )
        before = event.created_at
    return tuple(found)


def write_timeline_cursor(tenant_id: str, exception_id: str, event_no: int) -> str:
    """The cursor behind an event in the timeline of one exception."""
    return pack([event_no, _made_for(tenant_id, exception_id)])


def read_timeline_cursor(text: str, tenant_id: str, exception_id: str) -> int:
    """The number of the event to go on behind. Raises InvalidInput for a cursor of another list."""
    event_no, made_for = unpack(text, 2)
    if not isinstance(event_no, int) or isinstance(event_no, bool) or not 0 < event_no < 2**63:
        raise damaged()
    if made_for != _made_for(tenant_id, exception_id):
        raise of_another_list()
    return event_no


def _made_for(tenant_id: str, exception_id: str) -> str:
    return checksum({"list": "timeline", "tenant": tenant_id, "exception": exception_id})[:16]


def _seconds(since: datetime, until: datetime) -> int:
    return int((until - since).total_seconds())
