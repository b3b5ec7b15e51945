"""The kinds of fields that a recipe can declare, each a strict model that draws its value from a draft.

A term is a literal or a reference: `$orderQty` is a field above, `$_security.isin` a part of one, `$created` the day
and `$createdAt` the moment of arrival. A range is one term or a pair [least, most]. Decimals and dates stay Python
values until the payload is finished, so that later fields can compute with them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from sentinai_cli.models.base import Model
from sentinai_cli.seeding.business_day import add_business_days
from sentinai_cli.seeding.distribution import Quantiles, Weighted
from sentinai_cli.seeding.draft import Draft

Term: TypeAlias = bool | int | str
Range: TypeAlias = int | str | tuple[int | str, int | str]
Anchors: TypeAlias = tuple[tuple[int, str], ...]

ABSENT = object()
"""The value of a field that the record leaves out."""

_CAPITALS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ATTEMPTS = 200


class Provider(Model):
    """The base of all kinds."""

    model_config = ConfigDict(alias_generator=to_camel)

    def value(self, draft: Draft) -> object:
        """Draw the value. Consumes words of the draft's stream only."""
        raise NotImplementedError


class Fixed(Provider):
    """Always this value."""

    provider: Literal["fixed"]
    content: None | bool | int | str | tuple[str, ...] = Field(alias="value")

    def value(self, draft: Draft) -> object:
        return list(self.content) if isinstance(self.content, tuple) else draft.resolve(self.content)


class Absent(Provider):
    """The field is left out."""

    provider: Literal["absent"]

    def value(self, draft: Draft) -> object:
        return ABSENT


class Code(Provider):
    """A prefix and so many random digits."""

    provider: Literal["code"]
    prefix: str
    digits: int

    def value(self, draft: Draft) -> object:
        return f"{self.prefix}{draft.stream.below(10**self.digits):0{self.digits}d}"


class Token(Provider):
    """So many random capitals and digits."""

    provider: Literal["token"]
    length: int

    def value(self, draft: Draft) -> object:
        number = 0
        for _ in range(0, self.length, 8):
            number = (number << 64) | draft.stream.word()
        text = []
        for _ in range(self.length):
            number, digit = divmod(number, 36)
            text.append(_CAPITALS[digit])
        return "".join(text)


class Member(Provider):
    """An id from a population of the tenant's own, skewed."""

    provider: Literal["member"]
    prefix: str
    digits: int
    size: int

    def value(self, draft: Draft) -> object:
        return draft.pools.member(self.prefix, self.digits, self.size, draft.stream)


class Pick(Provider):
    """An entry of a vocabulary section, or of a list that a reference names (those always evenly)."""

    provider: Literal["pick"]
    of: str
    skew: Literal["zipf", "even", "own"] = "zipf"

    def value(self, draft: Draft) -> object:
        if self.of.startswith("$"):
            entries = draft.resolve(self.of)
            assert isinstance(entries, Sequence)
            return entries[draft.stream.below(len(entries))]
        if self.skew == "own":
            return draft.pools.own(self.of)
        return (draft.pools.skewed if self.skew == "zipf" else draft.pools.even)(self.of, draft.stream)


class Choose(Provider):
    """One of these texts, in proportion to its whole weight."""

    provider: Literal["choose"]
    weights: dict[str, int]

    @cached_property
    def _table(self) -> Weighted[str]:
        return Weighted(self.weights)

    def value(self, draft: Draft) -> object:
        return self._table.draw(draft.stream)


class Count(Provider):
    """One of these whole numbers, in proportion to its weight."""

    provider: Literal["count"]
    weights: dict[int, int]

    @cached_property
    def _table(self) -> Weighted[int]:
        return Weighted(self.weights)

    def value(self, draft: Draft) -> object:
        return self._table.draw(draft.stream)


class Flag(Provider):
    """True in so many of 1000 records."""

    provider: Literal["flag"]
    per_mille: int

    def value(self, draft: Draft) -> object:
        return draft.stream.chance(self.per_mille)


class Integer(Provider):
    """A whole number in a range, all alike."""

    provider: Literal["integer"]
    range: Range

    def value(self, draft: Draft) -> object:
        return whole(draft, self.range)


class Quantity(Provider):
    """A whole number with a tail, a multiple of `step`, declared by quantiles in per mille."""

    provider: Literal["quantity"]
    quantiles: tuple[tuple[int, int], ...]
    step: int = 1

    @cached_property
    def _table(self) -> Quantiles:
        return Quantiles(self.quantiles)

    def value(self, draft: Draft) -> object:
        return max(self._table.draw(draft.stream) // self.step, 1) * self.step


class Money(Provider):
    """An amount with a tail and two decimals, declared by quantiles in per mille."""

    provider: Literal["money"]
    quantiles: Anchors

    @cached_property
    def _table(self) -> Quantiles:
        return Quantiles([(place, int(Decimal(value) * 100)) for place, value in self.quantiles])

    def value(self, draft: Draft) -> object:
        return Decimal(self._table.draw(draft.stream)).scaleb(-2)


class Portion(Provider):
    """A whole part of a number, at least 1: so many thousandths of it."""

    provider: Literal["portion"]
    of: str
    per_mille: tuple[int, int]

    def value(self, draft: Draft) -> object:
        total = draft.resolve(self.of)
        assert isinstance(total, int)
        return max(1, total * draft.stream.between(*self.per_mille) // 1000)


class Flip(Provider):
    """The number with its sign turned in so many of 1000 records."""

    provider: Literal["flip"]
    of: str
    per_mille: int = 500

    def value(self, draft: Draft) -> object:
        number = _number(draft, self.of)
        return -number if draft.stream.chance(self.per_mille) else number


class Sum(Provider):
    """The terms added up."""

    provider: Literal["sum"]
    of: tuple[Term, ...]

    def value(self, draft: Draft) -> object:
        total = _number(draft, self.of[0])
        for term in self.of[1:]:
            total = total + _number(draft, term)
        return total


class Difference(Provider):
    """The first term minus the second."""

    provider: Literal["difference"]
    of: tuple[Term, Term]

    def value(self, draft: Draft) -> object:
        return _number(draft, self.of[0]) - _number(draft, self.of[1])


class Product(Provider):
    """The terms multiplied, as money with two decimals, without its sign if `absolute`."""

    provider: Literal["product"]
    of: tuple[Term, ...]
    absolute: bool = False

    def value(self, draft: Draft) -> object:
        total = Decimal(1)
        for term in self.of:
            total *= _number(draft, term)
        return (abs(total) if self.absolute else total).quantize(Decimal("0.01"))


class Day(Provider):
    """A day so many business (or calendar) days before or after another."""

    provider: Literal["day"]
    start: str = Field(alias="from")
    before: Range = 0
    after: Range = 0
    unit: Literal["business", "calendar"] = "business"

    def value(self, draft: Draft) -> object:
        day = _day(draft.resolve(self.start))
        count = whole(draft, self.after) - whole(draft, self.before)
        return add_business_days(day, count) if self.unit == "business" else day + timedelta(days=count)


class Instant(Provider):
    """A moment so many minutes before or after another, in whole seconds."""

    provider: Literal["instant"]
    start: str = Field(alias="from")
    before: Range = 0
    after: Range = 0

    def value(self, draft: Draft) -> object:
        moment = draft.resolve(self.start)
        assert isinstance(moment, datetime)
        return moment.replace(microsecond=0) + timedelta(minutes=whole(draft, self.after) - whole(draft, self.before))


class Text(Provider):
    """The terms written one after the other."""

    provider: Literal["text"]
    parts: tuple[Term, ...]

    def value(self, draft: Draft) -> object:
        return "".join(str(draft.resolve(part)) for part in self.parts)


class Switch(Provider):
    """The field that belongs to another's value; true and false are spelled so."""

    provider: Literal["switch"]
    on: str
    cases: dict[str, "Spec"]
    otherwise: "Spec | None" = None

    def value(self, draft: Draft) -> object:
        key = draft.resolve(self.on)
        chosen = self.cases.get(str(key).lower() if isinstance(key, bool) else str(key), self.otherwise)
        return ABSENT if chosen is None else chosen.value(draft)


class Unlike(Provider):
    """A value of `item` that differs from another value."""

    provider: Literal["unlike"]
    than: str
    item: "Spec"

    def value(self, draft: Draft) -> object:
        other = draft.resolve(self.than)
        for _ in range(_ATTEMPTS):
            value = self.item.value(draft)
            if value != other:
                return value
        raise RuntimeError(f"nothing was unlike {other!r} in {_ATTEMPTS} draws")


class Repeat(Provider):
    """A list of so many different values of `item`, fewer when it has no more to give."""

    provider: Literal["repeat"]
    item: "Spec"
    range: Range

    def value(self, draft: Draft) -> object:
        wanted = whole(draft, self.range)
        found: list[object] = []
        for _ in range(_ATTEMPTS):
            if len(found) == wanted:
                break
            value = self.item.value(draft)
            if value not in found:
                found.append(value)
        return found


class Listed(Provider):
    """A list of exactly these, without those that are absent."""

    provider: Literal["list"]
    items: tuple["Spec", ...]

    def value(self, draft: Draft) -> object:
        drawn = [item.value(draft) for item in self.items]
        return [value for value in drawn if value is not ABSENT]


class Record(Provider):
    """An object with fields of its own; they see those above."""

    provider: Literal["record"]
    fields: dict[str, "Spec"]

    def value(self, draft: Draft) -> object:
        return fill(self.fields, draft.inner())


Spec: TypeAlias = Annotated[
    Fixed
    | Absent
    | Code
    | Token
    | Member
    | Pick
    | Choose
    | Count
    | Flag
    | Integer
    | Quantity
    | Money
    | Portion
    | Flip
    | Sum
    | Difference
    | Product
    | Day
    | Instant
    | Text
    | Switch
    | Unlike
    | Repeat
    | Listed
    | Record,
    Field(discriminator="provider"),
]

for _kind in (Switch, Unlike, Repeat, Listed, Record):
    _kind.model_rebuild()


def fill(fields: Mapping[str, Spec], draft: Draft) -> dict[str, object]:
    """Draw fields in order into the draft. Those whose name starts with `_` are for others to refer to only."""
    shown: dict[str, object] = {}
    for name, field in fields.items():
        value = field.value(draft)
        draft.values[name] = value
        if value is not ABSENT and not name.startswith("_"):
            shown[name] = value
    return shown


def whole(draft: Draft, span: Range) -> int:
    """A whole number: the term itself, or one between two terms, all alike."""
    if isinstance(span, tuple):
        return draft.stream.between(_whole(draft, span[0]), _whole(draft, span[1]))
    return _whole(draft, span)


def _whole(draft: Draft, term: int | str) -> int:
    value = draft.resolve(term)
    assert isinstance(value, int), f"{term} is no whole number"
    return value


def _number(draft: Draft, term: Term) -> Decimal:
    value = draft.resolve(term)
    assert isinstance(value, Decimal | int | str), f"{term} is no number"
    return value if isinstance(value, Decimal | int) else Decimal(value)  # type: ignore[return-value]


def _day(value: object) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value
