"""How values are written: the pieces of an f-string, and the functions that compiled code calls."""

import json
from datetime import date
from functools import lru_cache

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.seeding.business_day import add_business_days
from sentinai_cli.seeding.log import quoted
from sentinai_cli.seeding.moment import date_of, day_of, instant_text
from sentinai_cli.seeding.value import Kind, Value


class _Days(dict[int, str]):
    """The text of a day since 1970."""

    def __missing__(self, day: int) -> str:
        text = self[day] = date_of(day).isoformat()
        return text


def decimal_text(number: int, scale: int) -> str:
    """A whole number of 10 ** -scale, with all its decimals."""
    if scale == 0:
        return str(number)
    whole, rest = divmod(abs(number), 10**scale)
    return f"{'-' if number < 0 else ''}{whole}.{rest:0{scale}d}"


def rounded(number: int, scale: int) -> int:
    """A whole number of 10 ** -scale as one of hundredths, halves to the even."""
    if scale <= 2:
        return number * (1, 10, 100)[2 - scale]
    unit: int = 10 ** (scale - 2)
    whole, rest = divmod(number, unit)
    return whole + int(rest * 2 > unit or (rest * 2 == unit and whole % 2 == 1))


@lru_cache(maxsize=1 << 14)
def business(day: int, count: int) -> int:
    """So many working days after a day, as business_day counts them."""
    return day_of(add_business_days(date_of(day), count))


@lru_cache(maxsize=1 << 14)
def day_from(text: str) -> int:
    """The day that a text says."""
    return day_of(date.fromisoformat(text))


CALLED: dict[str, object] = {
    "D": _Days(),
    "B": {True: "true", False: "false"},
    "decimal_text": decimal_text,
    "rounded": rounded,
    "business": business,
    "day_from": day_from,
    "quoted": quoted,
    "instant_text": instant_text,
}
"""What compiled code may call."""


def text(value: Value) -> str:
    """The source of a string: the value as text."""
    if value.literal is not None:
        read = json.loads(value.literal)
        return repr(read if isinstance(read, str) else value.literal)
    code = value.code
    match value.kind:
        case Kind.TEXT | Kind.WHOLE:
            return f"f'{{{code}}}'"
        case Kind.TRUTH:
            return f"f'{{B[{code}]}}'"
        case Kind.DAY:
            return f"f'{{D[{code}]}}'"
        case Kind.INSTANT:
            return f"f'{{instant_text({code})}}'"
        case Kind.DECIMAL if value.scale == 2 and not value.signed:
            return f"f'{{{code} // 100}}.{{{code} % 100:02d}}'"
        case Kind.DECIMAL:
            return f"f'{{decimal_text({code}, {value.scale})}}'"
    raise InvalidInput("invalid_seeds", f"what is {value.kind.name.lower()} cannot be written as text")


def json_of(value: Value) -> str:
    """The source of a string: the value as canonical JSON. Raises InvalidInput for a whole entry of the vocabulary."""
    if value.literal is not None:
        return repr(value.literal)
    code = value.code
    match value.kind:
        case Kind.WHOLE | Kind.JSON:
            return f"f'{{{code}}}'"
        case Kind.TRUTH:
            return f"f'{{B[{code}]}}'"
        case Kind.TEXT if not value.plain:
            return f"f'{{quoted({code})}}'"
    return f"'\"' {text(value)} '\"'"


def object_of(members: dict[str, Value]) -> str:
    """The source of a string: an object as canonical JSON, without the members that are absent.

    At least one member must always be there: a comma goes with each optional one, before or after it.
    """
    ordered = sorted(
        ((name, value) for name, value in members.items() if value.kind is not Kind.ABSENT),
        key=lambda member: member[0].encode("utf-16-be"),
    )
    anchor = next((place for place, (_, value) in enumerate(ordered) if not value.optional), None)
    if anchor is None:
        if ordered:
            raise InvalidInput("invalid_seeds", "an object needs a field that is always there")
        return repr("{}")
    source = "'{'"
    for place, (name, value) in enumerate(ordered):
        key = canonical_bytes(name).decode() + ":"
        before, after = ("," if place > anchor else ""), ("," if place < anchor else "")
        piece = f"{before + key!r} {json_of(value)}" + (f" {after!r}" if after else "")
        source += f" + ('' if {value.code} is None else {piece}) + ''" if value.optional else f" {piece}"
    return f"{source} '}}'"
