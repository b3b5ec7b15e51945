"""Events across exceptions: which, as lines of a list, and as messages for others."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.result import ListResult, Page


class EventFilter(Model):
    """Which events. Empty tuples and None do not restrict; `since` is inclusive, `until` exclusive."""

    exception_id: str | None = None
    types: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    since: Moment | None = None
    until: Moment | None = None

    @property
    def walks(self) -> bool:
        """Whether no index answers it, so that events are looked at one by one."""
        return bool(self.types or self.actors) and self.exception_id is None


class EventListed(Model):
    """One event, with the exception that it belongs to. `hash` is hex."""

    event_id: UUID
    tenant_id: str
    exception_id: str
    event_no: int
    event_type: EventType | str
    actor_type: ActorType
    actor_id: str
    created_at: Moment
    payload: dict[str, object]
    hash: str

    @property
    def key(self) -> "EventKey":
        """Its place in the list."""
        return EventKey(self.created_at, self.exception_id, self.event_no, self.tenant_id)


class EventPage(Page):
    """`scanned` counts the events that were looked at where no index answers the filter, else it is None."""

    scanned: int | None = None


class EventList(ListResult[EventListed]):
    """Events, newest first; those that are followed, in the order they came. A page may end before it is full."""

    page: EventPage


class EventActor(Model):
    type: ActorType
    id: str


class EventEnvelope(Model):
    """An event that speaks for itself, fit for a broker: `event_id` tells repeated messages apart.

    `event_no` orders an exception's events; `leaf` and `hash` are hex and can be recomputed (docs/event-hashes.md).
    """

    event_id: UUID
    event_type: EventType | str
    tenant_id: str
    exception_id: str
    event_no: int
    actor: EventActor
    payload: dict[str, object]
    timestamp: Moment
    leaf: str
    hash: str


class EventEnvelopeList(ListResult[EventEnvelope]):
    """A part of an export."""


@dataclass(frozen=True, slots=True)
class EventKey:
    """Where a page ended. Rows are ordered by all four, newest first."""

    created_at: datetime
    exception_id: str
    event_no: int
    tenant_id: str
