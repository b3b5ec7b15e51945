"""A record's events as they are written: dated, numbered, identified, hashed and linked."""

from datetime import UTC, datetime, time, timedelta

from sentinai_cli.models.event import ActorType, EventType, NewEvent
from sentinai_cli.models.event_hash import GENESIS, chain_hash, event_leaf
from sentinai_cli.models.uuid7 import time_ordered_id
from sentinai_cli.seeding.business_day import add_business_days, is_business_day
from sentinai_cli.seeding.randomness import Stream

_OPENING_RUSH = 7_200_000_000


class Log:
    """The events of one exception. `ids` is the stream that event ids are drawn from, two words each."""

    def __init__(self, tenant_id: str, exception_id: str, ids: Stream) -> None:
        self._tenant_id = tenant_id
        self._exception_id = exception_id
        self._ids = ids
        self.events: list[NewEvent] = []

    def write(
        self, event_type: EventType, actor: tuple[ActorType, str], payload: dict[str, object], created_at: datetime
    ) -> None:
        """Append one event."""
        number = len(self.events) + 1
        randomness = (self._ids.word() << 64 | self._ids.word()).to_bytes(16, "big")
        event_id = time_ordered_id(created_at, randomness)
        leaf = event_leaf(
            tenant_id=self._tenant_id,
            exception_id=self._exception_id,
            event_id=event_id,
            event_type=event_type.value,
            actor_type=actor[0].value,
            actor_id=actor[1],
            payload=payload,
            created_at=created_at,
        )
        previous = self.events[-1].hash if self.events else GENESIS
        link = chain_hash(previous, number, leaf)
        self.events.append(NewEvent(number, event_id, event_type, *actor, payload, created_at, leaf, link))


def when_at_work(moment: datetime, hours: tuple[int, int], stream: Stream) -> datetime:
    """`moment` if people are at work then, else within two hours of the next working day's or morning's start."""
    opens, closes = hours
    at_work = is_business_day(moment.date())
    if at_work and opens <= moment.hour < closes:
        return moment
    day = moment.date() if at_work and moment.hour < opens else add_business_days(moment.date(), 1)
    start = datetime.combine(day, time(opens, tzinfo=UTC))
    return start + timedelta(microseconds=stream.below(_OPENING_RUSH))
