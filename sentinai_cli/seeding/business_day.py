"""Working days: Monday to Friday except 1 January and 25 December, the days on which every market here is shut.

Exchange calendars differ beyond that; data that is made up does not need them, and a fixed rule keeps it reproducible.
"""

from datetime import date, timedelta
from functools import lru_cache

_ONE_DAY = timedelta(days=1)
_SHUT = {(1, 1), (12, 25)}


def is_business_day(day: date) -> bool:
    """False at weekends and on the two fixed holidays."""
    return day.weekday() < 5 and (day.month, day.day) not in _SHUT


@lru_cache(maxsize=1 << 13)
def add_business_days(day: date, count: int) -> date:
    """`count` working days later, earlier when negative. 0 gives `day`, or the working day before it if it is none."""
    step = _ONE_DAY if count > 0 else -_ONE_DAY
    if count == 0:
        while not is_business_day(day):
            day += step
        return day
    remaining = abs(count)
    while remaining:
        day += step
        if is_business_day(day):
            remaining -= 1
    return day


def business_days_between(earlier: date, later: date) -> int:
    """How many working days after `earlier` up to and including `later`; 0 unless `later` is later."""
    count = 0
    while earlier < later:
        earlier += _ONE_DAY
        count += is_business_day(earlier)
    return count
