"""Points in time as operators type them."""

import re
from datetime import UTC, datetime, time, timedelta

from sentinai_cli.errors import InvalidInput

_AGO = re.compile(r"([0-9]{1,6}) ?(s|m|h|d|w)")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def parse_moment(text: str, now: datetime) -> datetime:
    """The moment in UTC that `text` names, seen from `now` (with an offset).

    `now`, `today` and `yesterday` (midnight UTC), `90s` `30m` `2h` `3d` `1w` ago, a date (midnight UTC), or an ISO
    time; without an offset it is UTC. Anything else, or a time before year 1, raises InvalidInput.
    """
    word = text.strip().lower()
    midnight = datetime.combine(now.astimezone(UTC), time(), UTC)
    if word == "now":
        return now.astimezone(UTC)
    if word in ("today", "yesterday"):
        return midnight - timedelta(days=word == "yesterday")
    try:
        if ago := _AGO.fullmatch(word):
            return now.astimezone(UTC) - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(
            "invalid_time",
            f"{text[:80]!r} is not a time",
            why="as in 2h, 3d, yesterday, 2026-11-19, 2026-11-19T08:30 (UTC) or 2026-11-19T08:30+01:00",
        ) from None


def parse_span(text: str) -> timedelta:
    """The length of time that `90s`, `30m`, `2h`, `3d` or `1w` names. Raises InvalidInput."""
    found = _AGO.fullmatch(text.strip().lower())
    if found is None:
        raise InvalidInput("invalid_span", f"{text[:40]!r} is not a length of time", why="as in 30m, 2h, 3d or 1w")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})
