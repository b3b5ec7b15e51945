"""Whether a run's rows are spread as its scenario and its recipes declare."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from sentinai_cli.models.event_row import RecordRow
from sentinai_cli.models.seed_check import SeedCheck
from sentinai_cli.seeding.arrival import Arrivals
from sentinai_cli.seeding.goodness import fit
from sentinai_cli.seeding.moment import microseconds
from sentinai_cli.seeding.plan import SeedPlan
from sentinai_cli.seeding.recipe import TypeRecipe

Value = TypeVar("Value")


class Spread:
    """Counts types, sources and arrivals. The first records of a run show each type once and are left out of types."""

    def __init__(self, plan: SeedPlan) -> None:
        self._plan = plan
        self._arrivals = Arrivals(plan.timeline, plan.as_of)
        self._types: Counter[str] = Counter()
        self._sources: dict[str, Counter[str]] = {name: Counter() for name in plan.recipe.types}
        self._days: Counter[int] = Counter()
        self._hours: Counter[int] = Counter()

    def see(self, number: int, row: RecordRow) -> None:
        """One more row."""
        if number > len(self._plan.recipe.types):
            self._types[row.type] += 1
        self._sources.setdefault(row.type, Counter())[row.source_system] += 1
        if self._plan.drip is not None:
            return
        back = self._arrivals.hours_back(microseconds(datetime.fromisoformat(row.created_at)))
        self._days[back // 24] += 1
        self._hours[back % 24] += 1

    def results(self) -> list[SeedCheck]:
        """A check for each distribution."""
        recipe = self._plan.recipe
        found = [_check("types are in their declared shares", self._types, _weights(recipe.types))]
        for name, counts in sorted(self._sources.items()):
            declared = dict(recipe.types[name].sources) if name in recipe.types else {}
            found.append(_check(f"sources of {name} are in their declared shares", counts, declared))
        days: Counter[int] = Counter()
        hours: Counter[int] = Counter()
        for back, weight in self._arrivals.weights.items():
            days[back // 24] += weight
            hours[back % 24] += weight
        found.append(_check("arrivals follow the curve of days", self._days, days))
        found.append(_check("arrivals follow the curve of hours", self._hours, hours))
        return found


def _weights(types: dict[str, TypeRecipe]) -> dict[str, int]:
    return {name: kind.weight for name, kind in types.items()}


def _check(name: str, observed: Mapping[Value, int], weights: Mapping[Value, int]) -> SeedCheck:
    tried = fit(observed, weights)
    detail = f"chi-square {tried.statistic:.1f} with {tried.degrees} degrees of freedom, at most {tried.limit:.1f}"
    if not tried.degrees:
        detail = "too few rows to tell"
    failed = 0 if tried.fits else sum(observed.values())
    return SeedCheck(check=name, passed=tried.fits, checked=sum(observed.values()), failed=failed, detail=detail)
