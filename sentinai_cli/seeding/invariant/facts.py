"""What an invariant sees of a record: its stored payload and the moment of its arrival."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TypeAlias

_MONEY = re.compile(r"-?[0-9]+\.[0-9]{2}")


class Facts:
    """A payload read by type. Each reader raises LookupError, TypeError or ValueError when the field does not fit."""

    def __init__(self, payload: dict[str, object], arrived: datetime) -> None:
        self.payload = payload
        self.arrived = arrived.astimezone(UTC)
        self.today = self.arrived.date()

    def text(self, name: str) -> str:
        value = self.payload[name]
        if not isinstance(value, str):
            raise TypeError(name)
        return value

    def whole(self, name: str) -> int:
        value = self.payload[name]
        if not isinstance(value, int) or isinstance(value, bool):
            raise TypeError(name)
        return value

    def money(self, name: str) -> Decimal:
        text = self.text(name)
        if not _MONEY.fullmatch(text):
            raise ValueError(name)
        return Decimal(text)

    def day(self, name: str) -> date:
        return date.fromisoformat(self.text(name))

    def moment(self, name: str) -> datetime:
        return datetime.fromisoformat(self.text(name))

    def listed(self, name: str) -> list[object]:
        value = self.payload[name]
        if not isinstance(value, list):
            raise TypeError(name)
        return value

    def differ(self, one: str, other: str) -> bool:
        """Whether two texts are there and differ."""
        return self.text(one) != self.text(other)


Predicate: TypeAlias = Callable[[Facts], bool]
