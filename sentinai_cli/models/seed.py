"""Seed runs: one recorded, replayable execution of a scenario for one tenant."""

from enum import StrEnum

from pydantic import Field

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult


class SeedRequest(Model):
    """What to seed. No tenants: those of the scenario. `count` None: as the scenario says, 50 for other tenants.

    `domain` says what an unknown tenant is. `as_of` None: the run's own if there is one, else now. `days` is how far
    back the arrivals go, None as the scenario says; it is part of the run's identity. `new_run` makes as-of a part of
    it too, so that the same data can be there once more, as of another moment. `workers` None: one process for each
    core, as far as it pays. `staging` goes by staging tables even where it could be avoided.
    """

    scenario: str
    seed: int
    tenant_ids: tuple[str, ...]
    count: int | None
    domain: str | None
    as_of: Moment | None
    days: int | None = None
    new_run: bool = False
    workers: int | None = None
    staging: bool = False


class SeedRunState(StrEnum):
    RUNNING = "running"
    COMPLETE = "complete"


class SeedRun(Model):
    """A run as the database keeps it. `identity` and `digest` are 64 hex digits; `records` count from number 1.

    `as_of` is fixed when the run begins, so that repeating it later changes nothing. `digest` covers the first
    `records` records as they were generated.
    """

    tenant_id: str
    identity: str
    scenario: str
    seed: int
    manifest: dict[str, object]
    as_of: Moment
    state: SeedRunState
    records: int
    digest: str | None
    created_at: Moment | None = None
    updated_at: Moment | None = None


class SeedRunResult(Model):
    """What one run did to one tenant.

    `identity` is 64 hex digits and `prefix` the start of every exception id of the run (`FIN-1A2B3C4D`).
    `inserted` + `existing` = `requested` when nothing is missing. `digest` covers the first `requested` records
    as they were generated, 64 hex digits; rows that were acted on later do not change it. `events` and the mixes tell
    of all that was generated for it, and are empty where everything was known to be there; `seconds` is what it took.
    """

    tenant_id: str
    domain: str
    scenario: str
    seed: int
    identity: str
    prefix: str
    as_of: Moment
    requested: int
    inserted: int
    existing: int
    digest: str
    events: int = 0
    by_type: dict[str, int] = Field(default={})
    by_severity: dict[str, int] = Field(default={})
    by_status: dict[str, int] = Field(default={})
    seconds: float = 0.0

    @property
    def rows_a_second(self) -> float:
        """Exceptions and events together; 0.0 where nothing was generated."""
        return (self.requested + self.events) / self.seconds if self.events and self.seconds else 0.0


class SeedResult(ListResult[SeedRunResult]):
    """The runs of one call, a tenant each."""
