"""A vocabulary section as compiled code reads it: rows of the parts that a recipe asks for, in the forms it needs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from sentinai_cli.errors import InvalidInput
from sentinai_cli.seeding.value import Kind, Value, is_plain

_EPOCH = date(1970, 1, 1).toordinal()
_KINDS: dict[type, Kind] = {str: Kind.TEXT, int: Kind.WHOLE, bool: Kind.TRUTH}


class Entries:
    """Rows over some entries. A row is made when everything has been asked for."""

    def __init__(self, members: Sequence[object]) -> None:
        self._members = members
        self._columns: dict[tuple[str, str], int] = {}
        self._forms: list[Callable[[Any], object]] = []
        self._inner: dict[str, Entries] = {}
        self.texts = all(isinstance(member, str) for member in members)
        """Whether the entries are mere texts, which are their own rows."""
        self.plain = self.texts and all(is_plain(str(member)) for member in members)

    def rows(self, members: Sequence[object] | None = None) -> list[object]:
        """The rows of these members, or of all."""
        chosen = self._members if members is None else members
        return list(chosen) if self.texts else [tuple(form(member) for form in self._forms) for member in chosen]

    def part(self, row: str, name: str) -> Value:
        """The part of the row that an expression gives. Raises InvalidInput for a part that not every entry has."""
        found = self._all(name)
        kinds = {type(value) for value in found}
        if kinds == {list}:
            inner = self._inner.setdefault(name, Entries([member for value in found for member in value]))
            column = self._column(name, "list", lambda member: inner.rows(member[name]))
            return Value(Kind.LIST, f"{row}[{column}]", entries=inner)
        if len(kinds) != 1 or not kinds <= _KINDS.keys():
            raise InvalidInput("invalid_seeds", f"the vocabulary's {name!r} is not of one kind")
        kind = _KINDS[kinds.pop()]
        plain = kind is Kind.TEXT and all(map(is_plain, found))
        column = self._column(name, "", lambda member: member[name])
        return Value(kind, f"{row}[{column}]", plain=plain, part=(row, self, name))

    def decimal(self, row: str, name: str) -> Value:
        """A text part as a number to compute with, of as many decimals as the longest has."""
        found = [Decimal(value) for value in self._all(name)]
        scale = max(max(0, -int(value.as_tuple().exponent)) for value in found)
        column = self._column(name, "decimal", lambda member: int(Decimal(member[name]).scaleb(scale)))
        signed = min(found) < 0
        return Value(Kind.DECIMAL, f"{row}[{column}]", scale=scale, signed=signed)

    def day(self, row: str, name: str) -> Value:
        """A text part as a day to count from."""
        column = self._column(name, "day", lambda member: date.fromisoformat(member[name]).toordinal() - _EPOCH)
        return Value(Kind.DAY, f"{row}[{column}]")

    def identity(self, row: str) -> str:
        """What tells two entries apart, also of another list of the same entries."""
        return row if self.texts else f"{row}[{self._column('', 'identity', _canonical)}]"

    def _all(self, name: str) -> list[Any]:
        if not all(isinstance(member, Mapping) and name in member for member in self._members):
            raise InvalidInput("invalid_seeds", f"not every entry of the vocabulary has a {name!r}")
        return [member[name] for member in self._members if isinstance(member, Mapping)]

    def _column(self, name: str, form: str, make: Callable[[Any], object]) -> int:
        column = self._columns.setdefault((name, form), len(self._forms))
        if column == len(self._forms):
            self._forms.append(make)
        return column


def _canonical(member: object) -> str:
    return orjson.dumps(member, option=orjson.OPT_SORT_KEYS).decode()
