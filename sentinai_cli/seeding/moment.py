"""Moments as whole microseconds since 1970 in UTC, the form in which the clock of a story runs, and their text."""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from sentinai_cli.seeding.business_day import add_business_days, is_business_day

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 3600 * SECOND
DAY = 24 * HOUR
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(1970, 1, 1).toordinal()
_MICROSECOND = timedelta(microseconds=1)
_OPENING_RUSH = 2 * HOUR
_WITHIN = [f"{second // 60:02d}:{second % 60:02d}" for second in range(3600)]


class _Hours(dict[int, str]):
    """How a moment in an hour since 1970 begins."""

    def __missing__(self, hour: int) -> str:
        text = self[hour] = (_EPOCH + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:")
        return text


class _Workdays(dict[int, tuple[bool, int]]):
    """Whether people work on a day since 1970, and which working day is the next."""

    def __missing__(self, day: int) -> tuple[bool, int]:
        today = date_of(day)
        found = self[day] = is_business_day(today), day_of(add_business_days(today, 1))
        return found


_HOURS = _Hours()
_WORKDAYS = _Workdays()


def microseconds(moment: datetime) -> int:
    """A moment with an offset as microseconds."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """The moment in UTC."""
    return _EPOCH + _MICROSECOND * at


def day_of(day: date) -> int:
    """A day as the number of days since 1970."""
    return day.toordinal() - _FIRST_DAY


@lru_cache(maxsize=1 << 14)
def date_of(day: int) -> date:
    """The day that lies so many days after 1 January 1970."""
    return date.fromordinal(day + _FIRST_DAY)


def canonical(at: int) -> str:
    """The same text as models.event_hash.canonical_time gives, sooner."""
    second, fraction = divmod(at, SECOND)
    return f"{_HOURS[second // 3600]}{_WITHIN[second % 3600]}.{fraction:06d}Z"


def instant_text(second: int) -> str:
    """The text of a second since 1970."""
    return f"{_HOURS[second // 3600]}{_WITHIN[second % 3600]}Z"


def at_work(at: int, hours: tuple[int, int], word: int) -> int:
    """`at` if people are at work then, else within two hours of the next working day's or morning's start.

    `word`, of 32 bits, says where within them.
    """
    day, rest = divmod(at, DAY)
    opens, closes = hours
    working, following = _WORKDAYS[day]
    if working:
        if opens * HOUR <= rest < closes * HOUR:
            return at
        if rest < opens * HOUR:
            following = day
    return following * DAY + opens * HOUR + (word * _OPENING_RUSH >> 32)
