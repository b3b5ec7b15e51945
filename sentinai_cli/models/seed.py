"""Seed runs: one recorded, replayable execution of a scenario for one tenant."""

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult


class SeedRunResult(Model):
    """What one run did to one tenant.

    `identity` is 64 hex digits and `prefix` the start of every exception id of the run (`FIN-1A2B3C4D`).
    `inserted` + `existing` = `requested` when nothing is missing. `digest` covers the first `requested` records
    as they were generated, 64 hex digits; rows that were acted on later do not change it.
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


class SeedResult(ListResult[SeedRunResult]):
    """The runs of one call, a tenant each."""
