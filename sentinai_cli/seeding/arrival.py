"""When exceptions arrive: over the days before as-of, on a curve of weekdays, hours and recency."""

from datetime import datetime, timedelta

from sentinai_cli.errors import InvalidInput
from sentinai_cli.seeding.business_day import is_business_day
from sentinai_cli.seeding.distribution import Weighted
from sentinai_cli.seeding.moment import HOUR, microseconds
from sentinai_cli.seeding.scenario import Timeline

_HOUR = timedelta(hours=1)


class Arrivals:
    """The curve before one as-of."""

    def __init__(self, timeline: Timeline, as_of: datetime) -> None:
        self._as_of = microseconds(as_of)
        self.weights = {back: _weight(timeline, as_of, back) for back in range(timeline.days * 24)}
        """By how many whole hours before as-of the hour ends in which something arrives."""
        if not any(self.weights.values()):
            raise InvalidInput("invalid_seeds", "nothing arrives on any of the days", why="every hour has the weight 0")
        self._hours = Weighted(self.weights)

    def hours_back(self, at: int) -> int:
        """The hour, as `weights` counts them, in which a moment lies."""
        return (self._as_of - 1 - at) // HOUR

    def at(self, place: int, within: int) -> int:
        """A moment before as-of, in microseconds: the hour by one word of 32 bits, and where in it by one of 64."""
        return self._as_of - HOUR * self._hours.at(place) - 1 - (within * HOUR >> 64)


def _weight(timeline: Timeline, as_of: datetime, back: int) -> int:
    """Of the hour that ends `back` hours before as-of."""
    hour = as_of - _HOUR * (back + 1)
    weekday = timeline.weekdays[hour.weekday()]
    if timeline.holiday is not None and hour.weekday() < 5 and not is_business_day(hour.date()):
        weekday = timeline.holiday
    share = weekday * timeline.hours[hour.hour] * timeline.recency[min(back // 24, len(timeline.recency) - 1)]
    for surge in timeline.surges:
        if surge.until_hours <= back < surge.from_hours:
            share *= surge.times
    return share
