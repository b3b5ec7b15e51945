"""The values of a record from outside, as they are written there and as they are kept."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from sentinai_cli.models.exception import Severity

LONGEST_ID = 128
LONGEST_NAME = 200
_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?")
_MOMENT = re.compile(r"([12]\d{3}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([Zz]|[+-]\d\d:\d\d)")
_SEVERITIES = {severity.value: severity for severity in Severity}
_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


def _printable(text: str) -> str:
    if not text.isprintable() or text.isspace():
        raise ValueError("it is blank or holds a character that cannot be seen")
    return text


def _id(text: str) -> str:
    if " " in text:
        raise ValueError("it holds a blank")
    return _printable(text)


def _severity(value: Any) -> Any:
    """In any case, as the platform writes it."""
    found = _SEVERITIES.get(value) or _SEVERITIES.get(value.lower()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"none of {', '.join(_SEVERITIES)}")
    return found


def _amount(value: Any) -> Any:
    """Money as digits. A JSON number counts as its shortest spelling; zero has no sign."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return value
    text = value if isinstance(value, str) else format(Decimal(str(value)), "f")
    if not _AMOUNT.fullmatch(text):
        raise ValueError("not an amount: at most 18 digits, then at most 6 after a point")
    amount = Decimal(text)
    return format(amount or abs(amount), "f")


def _moment(text: str) -> str:
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise ValueError("not a time with an offset, to the microsecond at most: 2026-11-20T09:00:00Z")
    day, time, fraction, offset = match.groups()
    moment = datetime.fromisoformat(f"{day}T{time}{'+00:00' if offset in 'Zz' else offset}")
    if moment < _OLDEST:
        raise ValueError("a time before 1970")
    if offset not in "Zz":
        day, time = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S").split(" ")
    return f"{day}T{time}.{fraction or '':0<6}Z"


IngestedId: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ID), AfterValidator(_id)]
IngestedName: TypeAlias = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_NAME), AfterValidator(_printable)
]
IngestedCurrency: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
IngestedMoment: TypeAlias = Annotated[str, AfterValidator(_moment)]
IngestedSeverity: TypeAlias = Annotated[Severity, BeforeValidator(_severity)]
IngestedAmount: TypeAlias = Annotated[str, BeforeValidator(_amount)]
