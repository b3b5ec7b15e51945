"""Seed runs as they are listed and taken back."""

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult
from sentinai_cli.models.seed import SeedRunState


class SeedRunSummary(Model):
    """One run. `identity` and `digest` are 64 hex digits; a running one has written only some of its records.

    A `drip` is the future of another run, as of the moment at which it began.
    """

    tenant_id: str
    scenario: str
    seed: int
    state: SeedRunState
    records: int
    as_of: Moment
    created_at: Moment
    updated_at: Moment
    identity: str
    digest: str | None
    drip: bool = False


class SeedRunList(ListResult[SeedRunSummary]):
    """Runs, the newest first."""


class SeedRunReset(Model):
    """What taking back one run came to. `missing` were gone already, such as by retention."""

    tenant_id: str
    scenario: str
    seed: int
    identity: str
    erased: int
    events: int
    missing: int


class SeedReset(ListResult[SeedRunReset]):
    """The runs of one tenant that were taken back."""
