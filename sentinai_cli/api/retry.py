"""When a request is worth another attempt, and how long to wait before it."""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

import httpx

from sentinai_cli.errors import Unavailable

ATTEMPTS = 6
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 30.0
_WORTH = frozenset({429, 500, 502, 503, 504})

Pause = Callable[[float], None]


def is_worth_it(status: int) -> bool:
    """Whether the same request may be answered otherwise later. What the client did wrong stays wrong."""
    return status in _WORTH


def attempted(
    ask: Callable[[], httpx.Response], *, pause: Pause = time.sleep, now: Callable[[], float] = time.time
) -> httpx.Response:
    """The first answer that is not worth another attempt, else the last one.

    Waits twice as long before each further attempt, or as long as `Retry-After` says, at most 30 seconds. Raises
    Unavailable `api_unavailable` when the last attempt was not answered at all.
    """
    for attempt in range(1, ATTEMPTS + 1):
        wait = min(_FIRST_PAUSE * 2 ** (attempt - 1), _LONGEST_PAUSE)
        try:
            answer = ask()
        except httpx.TransportError as error:
            if attempt == ATTEMPTS:
                why = f"{type(error).__name__}: {error}"
                raise Unavailable("api_unavailable", "the platform's API does not answer", why=why) from None
        else:
            if not is_worth_it(answer.status_code) or attempt == ATTEMPTS:
                return answer
            wait = _asked_for(answer, now) or wait
        pause(wait)
    raise AssertionError("unreachable")


def _asked_for(answer: httpx.Response, now: Callable[[], float]) -> float | None:
    """What `Retry-After` says, in seconds from now: it is a number of seconds or a date."""
    text = answer.headers.get("retry-after", "")
    try:
        seconds = float(text) if text.replace(".", "", 1).isdigit() else parsedate_to_datetime(text).timestamp() - now()
    except (TypeError, ValueError):
        return None
    return min(max(seconds, 0.0), _LONGEST_PAUSE) or None
