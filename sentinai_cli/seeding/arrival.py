"""When exceptions arrive: over the days before as-of, on a curve of weekdays, hours and recency."""

from datetime import datetime, timedelta

from sentinai_cli.seeding.distribution import Weighted
from sentinai_cli.seeding.moment import HOUR, microseconds
from sentinai_cli.seeding.randomness import Stream
from sentinai_cli.seeding.scenario import Timeline

_HOUR = timedelta(hours=1)


class Arrivals:
    """The curve before one as-of."""

    def __init__(self, timeline: Timeline, as_of: datetime) -> None:
        self._as_of = microseconds(as_of)
        weights = []
        for back in range(timeline.days * 24):
            hour = as_of - _HOUR * (back + 1)
            share = timeline.weekdays[hour.weekday()] * timeline.hours[hour.hour]
            weights.append((back, share * timeline.recency[min(back // 24, len(timeline.recency) - 1)]))
        self._hours = Weighted(weights)

    def draw(self, stream: Stream) -> int:
        """A moment before as-of, in microseconds. Independent of how many others are drawn."""
        back = self._hours.draw(stream)
        return self._as_of - HOUR * back - 1 - stream.below(HOUR)
