"""How exceptions stand against their deadlines, by tenant and severity, and what will breach next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.result import ListResult

HORIZONS = (4, 8, 24)
"""Hours ahead."""
METHOD = (
    "Resolutions and arrivals are taken to go on at these rates, each severity of a tenant for itself; the nearest "
    "deadline is worked on first, hour by hour, and what is breached already is left for later. Shifts and week-ends "
    "are not known."
)


class SlaGroup(Model):
    """The unresolved exceptions of one tenant and severity.

    `due_4h` and so on are not breached and reach their deadline within so many hours: what breaches if nothing is
    resolved and nothing arrives. `forecast_4h` and so on are what breaches at the rates per hour beside them.
    """

    tenant_id: str
    severity: Severity
    unresolved: int
    without_deadline: int
    breached: int
    at_risk: int
    due_4h: int
    due_8h: int
    due_24h: int
    arrivals_per_hour: float
    resolutions_per_hour: float
    forecast_4h: int
    forecast_8h: int
    forecast_24h: int


class SlaReport(ListResult[SlaGroup]):
    """By tenant, the severest first. `since` is where the hours begin that the rates are counted over, up to `at`."""

    at: Moment
    since: Moment
    method: str


@dataclass(slots=True)
class Standing:
    """What was counted of one tenant and severity.

    `due` has the number whose deadline comes within the first hour, the second, …; `arrivals` the number that came in
    `hours` by the hours they had until their deadline, None for those that have none.
    """

    unresolved: int = 0
    without_deadline: int = 0
    breached: int = 0
    at_risk: int = 0
    due: dict[int, int] = field(default_factory=dict)
    arrivals: dict[float | None, int] = field(default_factory=dict)
    resolutions: int = 0

    def group(self, tenant_id: str, severity: Severity, *, hours: float) -> SlaGroup:
        """The figures, with the rates of that many hours."""
        came = {window: count / hours for window, count in self.arrivals.items()}
        late = breaches(self.due, came, self.resolutions / hours)
        ahead = {f"due_{limit}h": sum(self.due.get(hour, 0) for hour in range(limit)) for limit in HORIZONS}
        ahead |= {f"forecast_{limit}h": late[limit - 1] for limit in HORIZONS}
        return SlaGroup(
            tenant_id=tenant_id,
            severity=severity,
            unresolved=self.unresolved,
            without_deadline=self.without_deadline,
            breached=self.breached,
            at_risk=self.at_risk,
            arrivals_per_hour=round(sum(came.values()), 2),
            resolutions_per_hour=round(self.resolutions / hours, 2),
            **ahead,
        )


def breaches(due: Mapping[int, int], arrivals: Mapping[float | None, float], rate: float) -> Sequence[int]:
    """How many will have breached by the end of each hour ahead, rounded.

    `due` counts deadlines by the hour they come in, from 0; `arrivals` are rates by the hours they have; `rate` is that
    of resolutions. By the end of an hour so many must be resolved as come due until then, of arrivals those that came
    early enough; where that is more than can be resolved, the rest is late, then and for good.
    """
    found, late, needed = [], 0.0, 0.0
    for hour in range(1, HORIZONS[-1] + 1):
        needed += due.get(hour - 1, 0)
        coming = sum(each * max(0.0, hour - window) for window, each in arrivals.items() if window is not None)
        late = max(late, needed + coming - rate * hour)
        found.append(int(late + 0.5))
    return found
