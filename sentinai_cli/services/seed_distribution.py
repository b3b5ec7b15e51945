"""Whether a run's rows are spread as its scenario and its recipes declare."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

import orjson

from sentinai_cli.models.event_row import EventRow, RecordRow
from sentinai_cli.models.seed_check import SeedCheck
from sentinai_cli.seeding.arrival import Arrivals
from sentinai_cli.seeding.goodness import Fit, distance, fit
from sentinai_cli.seeding.moment import microseconds
from sentinai_cli.seeding.plan import SeedPlan
from sentinai_cli.services.seed_field import FieldSpread
from sentinai_cli.services.seed_story import StorySpread

Value = TypeVar("Value")


class Spread:
    """Counts what is declared. The first records of a run show each type once and are left out of types.

    Of a drip, arrivals are at an even pace and stories go on: only what stands in the records is judged.
    """

    def __init__(self, plan: SeedPlan) -> None:
        self._plan = plan
        self._arrivals = Arrivals(plan.timeline, plan.as_of)
        self._types: Counter[str] = Counter()
        self._sources: dict[str, Counter[str]] = {name: Counter() for name in plan.recipe.types}
        self._days: Counter[int] = Counter()
        self._hours: Counter[int] = Counter()
        self._fields = {name: FieldSpread(kind) for name, kind in plan.recipe.types.items()}
        self._stories = None if plan.drip else StorySpread(plan)

    def see(self, number: int, row: RecordRow, events: list[EventRow]) -> None:
        """One more row, with the events that were seeded."""
        if number > len(self._plan.recipe.types):
            self._types[row.type] += 1
        self._sources.setdefault(row.type, Counter())[row.source_system] += 1
        if row.type in self._fields:
            self._fields[row.type].see(row, orjson.loads(row.raw_payload))
        if self._stories is None:
            return
        self._stories.see(row, events)
        back = self._arrivals.hours_back(microseconds(datetime.fromisoformat(row.created_at)))
        self._days[back // 24] += 1
        self._hours[back % 24] += 1

    def results(self) -> list[SeedCheck]:
        """A check for each distribution."""
        recipe = self._plan.recipe
        weights = {name: kind.weight for name, kind in recipe.types.items()}
        found = [counted("types are in their declared shares", self._types, weights)]
        for name, counts in sorted(self._sources.items()):
            declared = dict(recipe.types[name].sources) if name in recipe.types else {}
            found.append(counted(f"sources of {name} are in their declared shares", counts, declared))
        for name, fields in sorted(self._fields.items()):
            for field, observed, declared_field in fields.choices():
                found.append(counted(f"{field} of {name} is in its declared shares", observed, declared_field))
            for field, amounts, share_up_to in fields.amounts():
                found.append(measured(f"{field} of {name} is spread as declared", amounts, share_up_to))
        if self._stories is None:
            return found
        days: Counter[int] = Counter()
        hours: Counter[int] = Counter()
        for back, weight in self._arrivals.weights.items():
            days[back // 24] += weight
            hours[back % 24] += weight
        found.append(counted("arrivals follow the curve of days", self._days, days))
        found.append(counted("arrivals follow the curve of hours", self._hours, hours))
        found += [counted(name, seen, declared) for name, seen, declared in self._stories.shares()]
        found += [measured(name, seen, share_up_to) for name, seen, share_up_to in self._stories.delays()]
        return found


def counted(name: str, observed: Mapping[Value, int], weights: Mapping[Value, int]) -> SeedCheck:
    """Judge counts; a failure names the values that are furthest off."""
    tried = fit(observed, weights)
    limits = f"chi-square {tried.statistic:.1f} with {tried.degrees} degrees of freedom, at most {tried.limit:.1f}"
    return _judged(name, tried, sum(observed.values()), limits, () if tried.fits else _furthest(observed, weights))


def measured(name: str, amounts: Iterable[int], share_up_to: Callable[[int], float]) -> SeedCheck:
    """Judge amounts; a failure says where they lie."""
    seen = sorted(amounts)
    tried = distance(seen, share_up_to)
    limits = f"largest distance {tried.statistic:.3f}, at most {tried.limit:.3f}"
    lie = () if tried.fits else (f"from {seen[0]} to {seen[-1]}, half of them up to {seen[len(seen) // 2]}",)
    return _judged(name, tried, len(seen), limits, lie)


def _judged(name: str, tried: Fit, checked: int, limits: str, rows: tuple[str, ...]) -> SeedCheck:
    detail = limits if tried.degrees else "too few rows to tell"
    failed = 0 if tried.fits else checked
    return SeedCheck(check=name, passed=tried.fits, checked=checked, failed=failed, detail=detail, rows=rows)


def _furthest(observed: Mapping[Value, int], weights: Mapping[Value, int]) -> tuple[str, ...]:
    total, whole = sum(observed.values()), sum(weights.values())
    expected = {value: total * weights.get(value, 0) / whole for value in {*observed, *weights}}
    off = sorted(expected, key=lambda value: -abs(observed.get(value, 0) - expected[value]))
    return tuple(
        f"{value}: {observed.get(value, 0)} where about {expected[value]:.0f} are declared" for value in off[:5]
    )
