"""Whether counts and amounts fit what a scenario or a recipe declares.

The thresholds are fixed at a probability of one in a million, so that true data practically never fails. For counts
Pearson's chi-square test: the critical value is Wilson and Hilferty's approximation (1931),
k * (1 - 2 / (9 k) + z * sqrt(2 / (9 k))) ** 3 with z = 4.7534. For amounts Kolmogorov and Smirnov's largest distance
between the shares below a value, seen and declared: Massart's bound (1990), sqrt(ln(2 / 1e-6) / (2 n)).
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from typing import NamedTuple, TypeVar

Value = TypeVar("Value")

_Z = 4.7534
_LEAST = 5.0
_FEWEST = 30
"""Amounts; fewer could hardly be far enough from what is declared."""


class Fit(NamedTuple):
    """`statistic` above `limit` is no fit; without a degree of freedom there is nothing to compare.

    Of a distance the degrees are the number of amounts.
    """

    statistic: float
    limit: float
    degrees: int

    @property
    def fits(self) -> bool:
        return self.degrees == 0 or self.statistic <= self.limit


def fit(observed: Mapping[Value, int], weights: Mapping[Value, int]) -> Fit:
    """How well counts fit weights. Values with fewer than five expected are taken together.

    A value that is observed and has no weight fits nothing: the statistic is infinite.
    """
    total, whole = sum(observed.values()), sum(weights.values())
    if not total or not whole:
        return Fit(0.0, 0.0, 0)
    if any(count and not weights.get(value) for value, count in observed.items()):
        return Fit(math.inf, 0.0, 1)
    cells: list[tuple[float, float]] = []
    rare_seen = rare_expected = 0.0
    for value, weight in weights.items():
        expected = total * weight / whole
        if expected < _LEAST:
            rare_seen += observed.get(value, 0)
            rare_expected += expected
        else:
            cells.append((observed.get(value, 0), expected))
    if rare_expected >= _LEAST:
        cells.append((rare_seen, rare_expected))
    degrees = max(0, len(cells) - 1)
    if not degrees:
        return Fit(0.0, 0.0, 0)
    statistic = sum((seen - expected) ** 2 / expected for seen, expected in cells)
    slack = 2 / (9 * degrees)
    return Fit(statistic, degrees * (1 - slack + _Z * math.sqrt(slack)) ** 3, degrees)


def distance(seen: Iterable[int], share_up_to: Callable[[int], float]) -> Fit:
    """How well whole numbers fit a distribution: `share_up_to(value)` is the share declared at or below a value."""
    counts = Counter(seen)
    total = counts.total()
    if total < _FEWEST:
        return Fit(0.0, 0.0, 0)
    values = sorted(counts)
    below = accumulate(counts[value] for value in values)
    furthest = max(abs(up_to / total - share_up_to(value)) for value, up_to in zip(values, below, strict=True))
    return Fit(furthest, math.sqrt(math.log(2 / 1e-6) / (2 * total)), total)
