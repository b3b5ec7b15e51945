"""Distributions as integer tables: the same draw gives the same value on every platform and Python.

Tables that need logarithms are built with `decimal`, whose ln and exp are correctly rounded; binary floats never
decide a value.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from decimal import Context, Decimal
from itertools import accumulate, pairwise
from typing import Generic, TypeVar

from sentinai_cli.seeding.randomness import Stream

Value = TypeVar("Value")

WORD = 1 << 32
"""A place in a distribution is a word of 32 bits: 0 to WORD - 1."""

_EXACT = Context(prec=28)
_STEPS = 16


class Weighted(Generic[Value]):
    """Draws values in proportion to whole, non-negative weights of which at least one is positive.

    `values[bisect_right(cuts, place)]` is what `at` gives, for whoever cannot afford to ask.
    """

    __slots__ = ("cuts", "values")

    def __init__(self, weights: Mapping[Value, int] | Sequence[tuple[Value, int]]) -> None:
        pairs = list(weights.items()) if isinstance(weights, Mapping) else list(weights)
        cumulative = list(accumulate(weight for _, weight in pairs))
        self.values = [value for value, _ in pairs]
        self.cuts = [-(-place * WORD // cumulative[-1]) for place in cumulative[:-1]]

    def at(self, place: int) -> Value:
        """The value at a place."""
        return self.values[bisect_right(self.cuts, place)]

    def draw(self, stream: Stream) -> Value:
        """One value."""
        return self.at(stream.word() >> 32)


class Zipf(Weighted[int]):
    """Draws ranks 0 to size - 1, rank r in proportion to 1 / (r + 1 + shift). A shift flattens the head."""

    __slots__ = ()

    def __init__(self, size: int, shift: int = 1) -> None:
        super().__init__([(rank, 10**12 // (rank + 1 + shift)) for rank in range(size)])


class Quantiles:
    """Draws integers from a distribution declared by its quantiles, log-linear between them.

    `anchors` are (per mille, value) with per mille rising from 0 to 1000 and positive values that do not fall.
    """

    __slots__ = ("_lines", "_places", "_values")

    def __init__(self, anchors: Sequence[tuple[int, int]]) -> None:
        self._places: list[int] = []
        self._values: list[int] = []
        for (low_place, low), (high_place, high) in pairwise(anchors):
            rise = _EXACT.subtract(Decimal(high).ln(_EXACT), Decimal(low).ln(_EXACT))
            for step in range(_STEPS):
                factor = _EXACT.divide(_EXACT.multiply(rise, step), _STEPS).exp(_EXACT)
                self._values.append(int(_EXACT.multiply(Decimal(low), factor).to_integral_value()))
                self._places.append((low_place * _STEPS + (high_place - low_place) * step) * WORD // (1000 * _STEPS))
        self._values.append(anchors[-1][1])
        self._places.append(WORD)
        points = pairwise(zip(self._places, self._values, strict=True))
        self._lines = [(start, low, high - low, end - start) for (start, low), (end, high) in points]

    def at(self, place: int) -> int:
        """The value at a place, within the first and last anchor."""
        start, low, rise, run = self._lines[bisect_right(self._places, place) - 1]
        return low + rise * (place - start) // run

    def draw(self, stream: Stream) -> int:
        """One value."""
        return self.at(stream.word() >> 32)

    def share_below(self, value: int) -> float:
        """Which share of all draws is less than `value`, 0.0 to 1.0."""
        if value <= self._values[0]:
            return 0.0
        if value > self._values[-1]:
            return 1.0
        line = self._lines[bisect_right(self._values, value - 1, hi=len(self._lines)) - 1]
        start, low, rise, run = line
        share = run if rise == 0 else min(run, -(-(value - low) * run // rise))
        return (start + share) / WORD
