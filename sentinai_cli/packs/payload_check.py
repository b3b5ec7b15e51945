"""Whether what a payload holds is written as the entities of its type declare it.

Rules are checked with these types when a pack is imported, so a payload that breaks them would be decided wrongly. That
something is missing is no fault: a claim without its authorisation is what an exception is about.
"""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.entity import Attribute, AttributeType
from sentinai_cli.packs.member import members_of_type
from sentinai_cli.packs.pointer import pointer

_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?").fullmatch
_DATE = re.compile(r"\d{4}-\d\d-\d\d").fullmatch
_DATETIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)").fullmatch
_SHOWN = 8

Fits = Callable[[object], bool]


class PayloadCheck:
    """Checks payloads by one domain pack. Build it once and keep it.

    Members that nothing declares are free, and so are those that two entities declare differently. Null always fits,
    and so does a number for a decimal: systems that know no decimals write it so, and rules convert either.
    """

    def __init__(self, domain_pack: DomainPack) -> None:
        self._types = {name: list(_members(domain_pack, name)) for name in domain_pack.exception_types}

    def faults(self, exception_type: str, payload: dict[str, object]) -> Iterator[tuple[str, str]]:
        """Where something is wrong, as a JSON pointer into the payload, and what."""
        for name, fits, expected in self._types[exception_type]:
            value = payload.get(name)
            if value is not None and not fits(value):
                yield pointer(name), f"not {expected}"


def _members(pack: DomainPack, exception_type: str) -> Iterator[tuple[str, Fits, str]]:
    for name, attribute in members_of_type(pack, exception_type).items():
        yield name, _fits(attribute), _expected(attribute)


def _fits(attribute: Attribute) -> Fits:
    allowed = frozenset(attribute.values)
    if attribute.type is AttributeType.ARRAY:
        member = _one_of(_TYPES[attribute.items] if attribute.items else _anything, allowed)
        return lambda value: isinstance(value, list) and all(map(member, value))
    return _one_of(_TYPES[attribute.type], allowed)


def _one_of(fits: Fits, allowed: Collection[str]) -> Fits:
    """Values are listed as texts, so that only of a text it can be said whether it is one of them."""
    return (lambda value: fits(value) and (not isinstance(value, str) or value in allowed)) if allowed else fits


def _expected(attribute: Attribute) -> str:
    kind = _SPELLED[attribute.type]
    if attribute.type is AttributeType.ARRAY and attribute.items:
        kind = f"an array, each member {_SPELLED[attribute.items]}"
    if not attribute.values:
        return kind
    shown = ", ".join(attribute.values[:_SHOWN])
    return f"{kind}: {shown}{', …' if len(attribute.values) > _SHOWN else ''}"


def _anything(_: object) -> bool:
    return True


def _is_number(value: object) -> bool:
    return type(value) is int or type(value) is float


def _is_date(value: object) -> bool:
    return isinstance(value, str) and _DATE(value) is not None and _reads(date.fromisoformat, value)


def _is_datetime(value: object) -> bool:
    return isinstance(value, str) and _DATETIME(value) is not None and _reads(datetime.fromisoformat, value.upper())


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


_TYPES: dict[AttributeType, Fits] = {
    AttributeType.STRING: lambda value: type(value) is str,
    AttributeType.INTEGER: lambda value: type(value) is int,
    AttributeType.DECIMAL: lambda value: _DECIMAL(value) is not None if type(value) is str else _is_number(value),
    AttributeType.NUMBER: _is_number,
    AttributeType.BOOLEAN: lambda value: type(value) is bool,
    AttributeType.DATE: _is_date,
    AttributeType.DATETIME: _is_datetime,
    AttributeType.ARRAY: lambda value: isinstance(value, list),
    AttributeType.OBJECT: lambda value: isinstance(value, dict),
    AttributeType.ANY: _anything,
}
_SPELLED = {
    AttributeType.STRING: "a text",
    AttributeType.INTEGER: "a whole number",
    AttributeType.DECIMAL: "a decimal, as a text of digits or a number",
    AttributeType.NUMBER: "a number",
    AttributeType.BOOLEAN: "true or false",
    AttributeType.DATE: "a date, YYYY-MM-DD",
    AttributeType.DATETIME: "a time with an offset, as 2026-11-20T09:00:00Z",
    AttributeType.ARRAY: "an array",
    AttributeType.OBJECT: "an object",
    AttributeType.ANY: "anything",
}
