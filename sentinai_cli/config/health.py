"""Thresholds of health checks: `[health]` of the project file and the user file."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from math import isfinite
from typing import NoReturn

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.health_threshold import LIMITS, Threshold, threshold

_LEVELS = ("warn", "fail")


def read_thresholds(table: object, origin: str) -> dict[str, Threshold]:
    """The thresholds that a file sets, as `NAME = { warn = …, fail = … }`; what one leaves out is the default's.

    Raises InvalidInput naming file and key, with the nearest one for a name that is unknown.
    """
    if not isinstance(table, dict):
        _refuse(f"{origin} health", "thresholds are a table: [health]")
    _known(table, tuple(LIMITS), f"{origin} health has the unknown key")
    return {name: _threshold(name, levels, f"{origin} health.{name}", origin) for name, levels in table.items()}


def in_force(files: Iterable[Mapping[str, Threshold]]) -> dict[str, Threshold]:
    """Every threshold, each taken whole from the first file that sets it, else the default."""
    known = {name: threshold(name) for name in LIMITS}
    for file in reversed(list(files)):
        known |= file
    return known


def _threshold(name: str, levels: object, where: str, origin: str) -> Threshold:
    if not isinstance(levels, dict) or not levels:
        _refuse(where, f"as in {name} = {{ warn = {LIMITS[name].warn:g}, fail = {LIMITS[name].fail:g} }}")
    _known(levels, _LEVELS, f"{where} has the unknown key")
    for level, value in levels.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < 0:
            _refuse(f"{where}.{level}", f"it is a number from 0 on, in {LIMITS[name].unit}")
    made = threshold(name, warn=levels.get("warn"), fail=levels.get("fail"), origin=origin)
    if made.fail != made.warn and (made.fail < made.warn) is not made.below:
        way = "no more" if made.below else "no less"
        _refuse(where, f"fail ({made.fail:g}) must be {way} than warn ({made.warn:g}); set both")
    return made


def _known(table: Mapping[str, object], valid: tuple[str, ...], what: str) -> None:
    for key in table:
        if key not in valid:
            near = get_close_matches(key, valid, n=1)
            why = f"did you mean {near[0]!r}?" if near else f"the keys are {', '.join(valid)}"
            raise InvalidInput("unknown_setting", f"{what} {key!r}", why=why)


def _refuse(what: str, why: str) -> NoReturn:
    raise InvalidInput("invalid_setting", f"{what} is not usable", why=why)
