"""A live trickle: the future of a seed run, told as time passes."""

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult


class SeedDripRequest(Model):
    """Whose future to tell. No tenants: those of the scenario that have the run.

    At each tenant an exception arrives `every` so many microseconds, and people work `speed` times as fast as they
    do. `seconds` None: until it is interrupted. `as_of` is when it began, None the moment that is kept from its first
    time, else now. `new_run` begins another one beside those that there are.
    """

    scenario: str
    seed: int
    tenant_ids: tuple[str, ...]
    days: int | None = None
    every: int
    speed: int = 1
    seconds: float | None = None
    as_of: Moment | None = None
    new_run: bool = False


class SeedDrip(Model):
    """What one tenant got. `identity` (64 hex digits) and `prefix` are those of the drip, `of` the prefix of its run.

    `records` have arrived since `as_of`, `inserted` of them this time; `events` went this time to exceptions of the run
    and of the drip. `left_alone` are exceptions that somebody acted on: they are that person's. `digest` covers the
    records as they arrived.
    """

    tenant_id: str
    domain: str
    scenario: str
    seed: int
    of: str
    identity: str
    prefix: str
    as_of: Moment
    until: Moment
    records: int
    inserted: int
    events: int
    left_alone: int
    digest: str


class SeedDripList(ListResult[SeedDrip]):
    """A drip for each tenant."""
