"""What a run would write, before it does."""

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult


class SeedForecast(Model):
    """One tenant's run, as the packs that were asked decide about it.

    The counts are exact for runs of up to `sampled` records; of longer ones so many were generated, and the rest is in
    proportion. `bytes` is what the rows take as text, indexes not included; `seconds` what one worker takes here to
    generate them. `by_day` is in UTC.
    """

    tenant_id: str
    domain: str
    prefix: str
    as_of: Moment
    exceptions: int
    events: int
    sampled: int
    bytes: int
    seconds: float
    by_type: dict[str, int]
    by_status: dict[str, int]
    by_severity: dict[str, int]
    by_day: dict[str, int]


class SeedForecastList(ListResult[SeedForecast]):
    """A forecast for each tenant of the scenario."""
