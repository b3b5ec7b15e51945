"""How much a tenant holds and how busy it is."""

from datetime import date, datetime
from typing import NamedTuple

from sentinai_cli.models.base import Model

DAYS = 14


class DayEvents(Model):
    """Events of one UTC day."""

    day: date
    events: int


class Held(NamedTuple):
    """Counted exactly whatever the size: unresolved and breached exceptions, seals, the time of the newest seal."""

    unresolved: int
    breached: int
    seals: int
    sealed_at: datetime | None
