"""What a field comes to while a recipe is compiled: a Python expression, and what it stands for.

Whatever can be known beforehand is known here: that a text needs no escape in JSON, how many decimals an amount has,
whether it may be below zero. So a record is put together from finished pieces of text.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING

import orjson

from sentinai_cli.models.canonical import canonical_bytes

if TYPE_CHECKING:
    from sentinai_cli.seeding.entries import Entries


class Kind(Enum):
    """What an expression gives when it is evaluated."""

    TEXT = auto()
    WHOLE = auto()
    TRUTH = auto()
    DECIMAL = auto()  # a whole number of 10 ** -scale
    DAY = auto()  # since 1970
    INSTANT = auto()  # seconds since 1970
    JSON = auto()  # its text
    ENTRY = auto()  # a row of a vocabulary section
    LIST = auto()  # rows, or texts
    ABSENT = auto()


@dataclass(frozen=True, slots=True)
class Value:
    """One field. `optional`: None stands for a field that is left out. `plain`: JSON writes the text as it is."""

    kind: Kind
    code: str
    optional: bool = False
    plain: bool = False
    scale: int = 0
    signed: bool = True
    entries: "Entries | None" = None
    part: "tuple[str, Entries, str] | None" = None
    """Of a part of an entry: the row, its section and the part's name."""
    among: frozenset[str] = frozenset()
    """The only texts that it may be, where that is known."""
    literal: str | None = None
    """Of a constant: its JSON."""

    def at(self, code: str) -> "Value":
        """The same, kept under a name."""
        return replace(self, code=code, part=None, literal=None)


def is_plain(text: str) -> bool:
    """Whether JSON writes a text as it is, between quotes."""
    return orjson.dumps(text) == b'"' + text.encode() + b'"'


def constant(content: object) -> Value:
    """A value that is always the same: text, a whole number, true, false, nothing, or a list of such."""
    literal = canonical_bytes(content).decode()
    match content:
        case bool():
            return Value(Kind.TRUTH, repr(content), literal=literal, among=frozenset({literal}))
        case int():
            return Value(Kind.WHOLE, repr(content), literal=literal, signed=content < 0)
        case str():
            among = frozenset({content})
            return Value(Kind.TEXT, repr(content), literal=literal, plain=is_plain(content), among=among)
    return Value(Kind.JSON, repr(literal), literal=literal)
