"""Fields that are numbers, drawn or computed from those above."""

from decimal import Decimal
from typing import Literal

from sentinai_cli.errors import InvalidInput
from sentinai_cli.seeding.distribution import WORD, Quantiles, Weighted
from sentinai_cli.seeding.draft import Draft
from sentinai_cli.seeding.provider.base import Provider, Range, Term, whole
from sentinai_cli.seeding.value import Kind, Value


class Integer(Provider):
    """A whole number in a range, all alike."""

    provider: Literal["integer"]
    range: Range

    def write(self, draft: Draft) -> Value:
        return draft.keep(Value(Kind.WHOLE, whole(draft, self.range)))


class Count(Provider):
    """One of these whole numbers, in proportion to its weight."""

    provider: Literal["count"]
    weights: dict[int, int]

    def write(self, draft: Draft) -> Value:
        table = Weighted(self.weights)
        drawn = f"{draft.bind(table.values)}[bisect({draft.bind(table.cuts)}, {draft.place()})]"
        return draft.keep(Value(Kind.WHOLE, drawn, signed=min(table.values) < 0))


class Quantity(Provider):
    """A whole number with a tail, a multiple of `step`, declared by quantiles in per mille."""

    provider: Literal["quantity"]
    quantiles: tuple[tuple[int, int], ...]
    step: int = 1

    @property
    def table(self) -> Quantiles:
        """What it is drawn from, before it is made a multiple."""
        return Quantiles(self.quantiles)

    def write(self, draft: Draft) -> Value:
        drawn = f"{draft.bind(self.table.at)}({draft.place()})"
        stepped = drawn if self.step == 1 else f"({drawn} // {self.step} or 1) * {self.step}"
        return draft.keep(Value(Kind.WHOLE, stepped, signed=False))


class Money(Provider):
    """An amount with a tail and two decimals, declared by quantiles in per mille."""

    provider: Literal["money"]
    quantiles: tuple[tuple[int, str], ...]

    @property
    def table(self) -> Quantiles:
        """What it is drawn from, in hundredths."""
        return Quantiles([(place, int(Decimal(value) * 100)) for place, value in self.quantiles])

    def write(self, draft: Draft) -> Value:
        drawn = f"{draft.bind(self.table.at)}({draft.place()})"
        return draft.keep(Value(Kind.DECIMAL, drawn, scale=2, signed=False))


class Portion(Provider):
    """A whole part of a number, at least 1: so many thousandths of it."""

    provider: Literal["portion"]
    of: str
    per_mille: tuple[int, int]

    def write(self, draft: Draft) -> Value:
        total = whole(draft, self.of)
        part = f"{total} * {whole(draft, self.per_mille)} // 1000 or 1"
        return draft.keep(Value(Kind.WHOLE, part, signed=False))


class Flip(Provider):
    """The number with its sign turned in so many of 1000 records."""

    provider: Literal["flip"]
    of: str
    per_mille: int = 500

    def write(self, draft: Draft) -> Value:
        drawn = number(draft, self.of)
        turned = f"-{drawn.code} if {draft.place()} < {self.per_mille * WORD // 1000} else {drawn.code}"
        return draft.keep(Value(drawn.kind, turned, scale=drawn.scale))


class Sum(Provider):
    """The terms added up."""

    provider: Literal["sum"]
    of: tuple[Term, ...]

    def write(self, draft: Draft) -> Value:
        terms = [number(draft, term) for term in self.of]
        scale = max(term.scale for term in terms)
        total = " + ".join(_scaled(term, scale) for term in terms)
        return draft.keep(Value(_kind(terms), total, scale=scale, signed=any(term.signed for term in terms)))


class Difference(Provider):
    """The first term minus the second."""

    provider: Literal["difference"]
    of: tuple[Term, Term]

    def write(self, draft: Draft) -> Value:
        terms = [number(draft, term) for term in self.of]
        scale = max(term.scale for term in terms)
        return draft.keep(Value(_kind(terms), f"{_scaled(terms[0], scale)} - {_scaled(terms[1], scale)}", scale=scale))


class Product(Provider):
    """The terms multiplied, as money with two decimals, without its sign if `absolute`."""

    provider: Literal["product"]
    of: tuple[Term, ...]
    absolute: bool = False

    def write(self, draft: Draft) -> Value:
        terms = [number(draft, term) for term in self.of]
        total = " * ".join(term.code for term in terms)
        scale = sum(term.scale for term in terms)
        exact = total if scale == 2 else f"rounded({total}, {scale})"
        signed = any(term.signed for term in terms) and not self.absolute
        return draft.keep(Value(Kind.DECIMAL, f"abs({exact})" if self.absolute else exact, scale=2, signed=signed))


def number(draft: Draft, term: Term) -> Value:
    """A number to compute with: a whole one, or a decimal that is drawn above, written down or part of an entry."""
    value = draft.resolve(term)
    if value.kind in (Kind.WHOLE, Kind.DECIMAL):
        return value
    if value.part is not None and value.kind is Kind.TEXT:
        row, entries, name = value.part
        return entries.decimal(row, name)
    if value.literal is not None and isinstance(term, str):
        read = Decimal(term)
        scale = max(0, -int(read.as_tuple().exponent))
        return Value(Kind.DECIMAL, f"{int(read.scaleb(scale))}", scale=scale, signed=read < 0)
    raise InvalidInput("invalid_seeds", f"{term} is no number")


def _scaled(term: Value, scale: int) -> str:
    return term.code if term.scale == scale else f"{term.code} * {10 ** (scale - term.scale)}"


def _kind(terms: list[Value]) -> Kind:
    return Kind.WHOLE if all(term.kind is Kind.WHOLE for term in terms) else Kind.DECIMAL
