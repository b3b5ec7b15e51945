"""How a health check can end."""

from collections.abc import Iterable
from enum import StrEnum


class CheckState(StrEnum):
    """`unknown` means that the check could not be made, which is no good news."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


WORST_FIRST = (CheckState.FAIL, CheckState.UNKNOWN, CheckState.WARN, CheckState.OK)


def worst(states: Iterable[CheckState]) -> CheckState:
    """The worst of them, fail before unknown before warn; ok when there are none."""
    return min(states, key=WORST_FIRST.index, default=CheckState.OK)
