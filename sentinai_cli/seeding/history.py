"""The history of a generated record: its happenings as events, dated, numbered, identified, hashed and linked.

What seeding.log writes, sooner: all but the id and the time of an event was put together before.
"""

from hashlib import sha256

from sentinai_cli.models.event_hash import GENESIS, LEAF
from sentinai_cli.models.prepared_exception import PreparedEvent
from sentinai_cli.seeding.happening import Happening
from sentinai_cli.seeding.log import fresh
from sentinai_cli.seeding.moment import canonical

ID_DIGITS = 19
"""So many hexadecimal digits of randomness go into an event id."""
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_LINK = b"\x01"


class History:
    """The events of one exception. `digits` is the hexadecimal randomness of event ids, 19 for each."""

    __slots__ = ("_digits", "_head", "_id", "events")

    def __init__(self, exception_id: str, digits: str) -> None:
        self._id = fresh(exception_id)[1:-1]
        self._head = GENESIS
        self._digits = digits
        self.events: list[PreparedEvent] = []

    def write(self, happening: Happening, at: int, payload: str | None = None) -> str:
        """Append one event of a moment in microseconds, with a payload of its own if given; that moment as text."""
        if payload is None:
            payload, tail = happening.payload, happening.tail
        else:
            tail = f'","payload":{payload}{happening.end}'
        events = self.events
        number = len(events)
        start = number * ID_DIGITS
        event_id = _event_id(at, self._digits[start : start + ID_DIGITS])
        moment = canonical(at)
        told = f'{happening.head}{moment}","event_id":"{event_id}{happening.middle}{self._id}{tail}'
        leaf = sha256(LEAF + told.encode()).digest()
        self._head = sha256(_LINK + self._head + (number + 1).to_bytes(8, "big") + leaf).digest()
        events.append(
            PreparedEvent(
                event_id,
                happening.event_type,
                happening.actor_type,
                happening.actor_id,
                payload,
                moment,
                leaf,
                self._head,
            )
        )
        return moment


def _event_id(at: int, digits: str) -> str:
    """A UUID of version 7: the milliseconds of a moment and 19 random hexadecimal digits."""
    ahead = f"{at // 1000:012x}"
    return f"{ahead[:8]}-{ahead[8:]}-7{digits[:3]}-{_VARIANT[digits[3]]}{digits[4:7]}-{digits[7:]}"
