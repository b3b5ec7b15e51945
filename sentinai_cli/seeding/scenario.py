"""A scenario: which tenants it is about, how much happens there and how that unfolds in time."""

from functools import cached_property
from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from sentinai_cli.models.base import Model
from sentinai_cli.models.exception import Severity, Status
from sentinai_cli.seeding.distribution import Quantiles


class ScenarioModel(Model):
    """The base: frozen, strict, camelCase in JSON."""

    model_config = ConfigDict(alias_generator=to_camel)


class Surge(ScenarioModel):
    """From so many hours before as-of until so many, exceptions arrive so many `times` as often."""

    from_hours: int
    until_hours: int
    times: int


class ScenarioTenant(ScenarioModel):
    """`name` is what the tenant is called where it is made; `count` exceptions unless the operator says otherwise.

    `types` are weights that differ from those of the domain's recipe, `sources` those of source systems, in every type
    that has them. `surges` are those of this tenant, beside those of the timeline.
    """

    tenant_id: str
    name: str
    domain: str
    count: int
    types: dict[str, int] = Field(default={})
    sources: dict[str, int] = Field(default={})
    surges: tuple[Surge, ...] = ()


class Feedback(ScenarioModel):
    """What somebody says after a resolution."""

    type: str
    text: str
    rating: Literal[1, 2, 3, 4, 5]
    effective: bool


Delay = Literal["machine", "pickUp", "step", "approval"]


class Timeline(ScenarioModel):
    """How exceptions arrive and what becomes of them.

    Arrivals are weighted by weekday (Monday first), hour (UTC) and `recency`, the weight of each 24 hours back from
    as-of. `outcomes` are the weights of how stories end, whenever that is: some are never resolved. `turnaround` is how
    long that takes, as quantiles in thousandths of the SLA: what takes more than 1000 misses its deadline. As-of finds
    each story where it is by then.

    `delaySeconds` are quantiles: those of machines are as long as they say, the others say how the turnaround is
    divided. People work Monday to Friday between the `workingHours`, unless it is critical or would be late otherwise.
    What has a default is not part of a run's identity while it has it.

    `holiday` is the weight of working weekdays on which everybody is off, None for that of the weekday. A `brief` story
    has the triage and the changes of status only: about three events, for volume.
    """

    days: int
    weekdays: tuple[int, ...]
    hours: tuple[int, ...]
    recency: tuple[int, ...]
    sla_hours: dict[Severity, int]
    outcomes: dict[Status, int]
    turnaround: tuple[tuple[int, int], ...]
    delay_seconds: dict[Delay, tuple[tuple[int, int], ...]]
    working_hours: tuple[int, int]
    assigned_while_open_per_mille: int
    comment_per_mille: int
    feedback_per_mille: int
    confidence_percent: tuple[int, int]
    comments: tuple[str, ...]
    escalation_reasons: tuple[str, ...]
    resolution_reasons: tuple[str, ...]
    feedback: tuple[Feedback, ...]
    holiday: int | None = None
    surges: tuple[Surge, ...] = ()
    story: Literal["full", "brief"] = "full"

    @cached_property
    def delays(self) -> dict[Delay, Quantiles]:
        """Draw delays in microseconds."""
        return {
            name: Quantiles([(place, seconds * 1_000_000) for place, seconds in anchors])
            for name, anchors in self.delay_seconds.items()
        }

    @cached_property
    def turnarounds(self) -> Quantiles:
        """Draws turnarounds in millionths of the SLA."""
        return Quantiles([(place, per_mille * 1000) for place, per_mille in self.turnaround])

    @property
    def late(self) -> float:
        """Which share of what is resolved at all misses its deadline, 0.0 to 1.0."""
        return 1.0 - self.turnarounds.share_below(1_000_000)


class Scenario(ScenarioModel):
    """A scenario as its file declares it."""

    name: str
    description: str
    tenants: tuple[ScenarioTenant, ...]
    timeline: Timeline

    def timeline_of(self, tenant: ScenarioTenant | None) -> Timeline:
        """The timeline with what is the tenant's own."""
        if tenant is None or not tenant.surges:
            return self.timeline
        return self.timeline.model_copy(update={"surges": self.timeline.surges + tenant.surges})

    def tenant(self, tenant_id: str) -> ScenarioTenant | None:
        """The tenant as the scenario declares it."""
        return next((tenant for tenant in self.tenants if tenant.tenant_id == tenant_id), None)
