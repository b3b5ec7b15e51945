"""Fields that are numbers, drawn or computed from those above."""

from decimal import Decimal
from functools import cached_property
from typing import Literal

from sentinai_cli.seeding.distribution import Quantiles, Weighted
from sentinai_cli.seeding.draft import Draft
from sentinai_cli.seeding.provider.base import Provider, Range, Term, number, whole


class Integer(Provider):
    """A whole number in a range, all alike."""

    provider: Literal["integer"]
    range: Range

    def value(self, draft: Draft) -> object:
        return whole(draft, self.range)


class Count(Provider):
    """One of these whole numbers, in proportion to its weight."""

    provider: Literal["count"]
    weights: dict[int, int]

    @cached_property
    def _table(self) -> Weighted[int]:
        return Weighted(self.weights)

    def value(self, draft: Draft) -> object:
        return self._table.draw(draft.stream)


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
    quantiles: tuple[tuple[int, str], ...]

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
        drawn = number(draft, self.of)
        return -drawn if draft.stream.chance(self.per_mille) else drawn


class Sum(Provider):
    """The terms added up."""

    provider: Literal["sum"]
    of: tuple[Term, ...]

    def value(self, draft: Draft) -> object:
        total = number(draft, self.of[0])
        for term in self.of[1:]:
            total = total + number(draft, term)
        return total


class Difference(Provider):
    """The first term minus the second."""

    provider: Literal["difference"]
    of: tuple[Term, Term]

    def value(self, draft: Draft) -> object:
        return number(draft, self.of[0]) - number(draft, self.of[1])


class Product(Provider):
    """The terms multiplied, as money with two decimals, without its sign if `absolute`."""

    provider: Literal["product"]
    of: tuple[Term, ...]
    absolute: bool = False

    def value(self, draft: Draft) -> object:
        total = Decimal(1)
        for term in self.of:
            total *= number(draft, term)
        return (abs(total) if self.absolute else total).quantize(Decimal("0.01"))
