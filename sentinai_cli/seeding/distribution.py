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

_EXACT = Context(prec=28)
_STEPS = 16


class Weighted(Generic[Value]):
    """Draws values in proportion to whole, non-negative weights of which at least one is positive."""

    __slots__ = ("_cumulative", "_total", "_values")

    def __init__(self, weights: Mapping[Value, int] | Sequence[tuple[Value, int]]) -> None:
        pairs = list(weights.items()) if isinstance(weights, Mapping) else list(weights)
        self._values = [value for value, _ in pairs]
        self._cumulative = list(accumulate(weight for _, weight in pairs))
        self._total = self._cumulative[-1]

    def draw(self, stream: Stream) -> Value:
        """One value."""
        return self._values[bisect_right(self._cumulative, stream.word() * self._total >> 64)]


class Zipf(Weighted[int]):
    """Draws ranks 0 to size - 1, rank r in proportion to 1 / (r + 1 + shift). A shift flattens the head."""

    __slots__ = ()

    def __init__(self, size: int, shift: int = 1) -> None:
        super().__init__([(rank, 10**12 // (rank + 1 + shift)) for rank in range(size)])


class Quantiles:
    """Draws integers from a distribution declared by its quantiles, log-linear between them.

    `anchors` are (per mille, value) with per mille rising from 0 to 1000 and positive values that do not fall.
    """

    __slots__ = ("_places", "_values")

    def __init__(self, anchors: Sequence[tuple[int, int]]) -> None:
        self._places: list[int] = []
        self._values: list[int] = []
        for (low_place, low), (high_place, high) in pairwise(anchors):
            rise = _EXACT.subtract(Decimal(high).ln(_EXACT), Decimal(low).ln(_EXACT))
            for step in range(_STEPS):
                factor = _EXACT.divide(_EXACT.multiply(rise, step), _STEPS).exp(_EXACT)
                self._values.append(int(_EXACT.multiply(Decimal(low), factor).to_integral_value()))
                self._places.append((low_place * _STEPS + (high_place - low_place) * step) * 2**32 // (1000 * _STEPS))
        self._values.append(anchors[-1][1])
        self._places.append(2**32)

    def draw(self, stream: Stream) -> int:
        """One value, within the first and last anchor."""
        place = stream.word() >> 32
        above = bisect_right(self._places, place)
        low, high = self._values[above - 1], self._values[above]
        start, end = self._places[above - 1], self._places[above]
        return low + (high - low) * (place - start) // (end - start)
