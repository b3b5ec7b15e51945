"""Moments as whole microseconds since 1970 in UTC, the form in which the clock of a story runs, and their text."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from sentinai_cli.seeding.business_day import add_business_days, is_business_day
from sentinai_cli.seeding.randomness import Stream

SECOND = 1_000_000
HOUR = 3600 * SECOND
DAY = 24 * HOUR
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_OPENING_RUSH = 2 * HOUR
_WITHIN = [f"{second // 60:02d}:{second % 60:02d}." for second in range(3600)]


def microseconds(moment: datetime) -> int:
    """A moment with an offset as microseconds."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """The moment in UTC."""
    return _EPOCH + _MICROSECOND * at


def canonical(at: int) -> str:
    """The same text as models.event_hash.canonical_time gives, sooner."""
    hour, rest = divmod(at, HOUR)
    second, fraction = divmod(rest, SECOND)
    return f"{_hour(hour)}{_WITHIN[second]}{fraction:06d}Z"


def at_work(at: int, hours: tuple[int, int], word: Callable[[], int]) -> int:
    """`at` if people are at work then, else within two hours of the next working day's or morning's start.

    Draws one word in the latter case only.
    """
    day, rest = divmod(at, DAY)
    opens, closes = hours
    working, following = _working(day)
    if working:
        if opens * HOUR <= rest < closes * HOUR:
            return at
        if rest < opens * HOUR:
            following = day
    return following * DAY + opens * HOUR + (word() * _OPENING_RUSH >> 64)


def when_at_work(at: datetime, hours: tuple[int, int], stream: Stream) -> datetime:
    """`at_work` for a moment with an offset."""
    return moment(at_work(microseconds(at), hours, stream.word))


@lru_cache(maxsize=1 << 14)
def _hour(hour: int) -> str:
    return (_EPOCH + timedelta(hours=hour)).strftime("%Y-%m-%dT%H:")


@lru_cache(maxsize=1 << 12)
def _working(day: int) -> tuple[bool, int]:
    """Whether people work on that day since 1970, and which working day is the next."""
    today = date(1970, 1, 1) + timedelta(days=day)
    return is_business_day(today), day + (add_business_days(today, 1) - today).days
