"""What sending a run through the platform's API came to."""

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult

SHOWN = 20
"""So many ids that did not arrive are named; all are counted."""


class SeedDelivery(Model):
    """One tenant's records. `existing` were there before; `missing` were sent and are not shown by the platform."""

    tenant_id: str
    domain: str
    scenario: str
    seed: int
    prefix: str
    as_of: Moment
    requested: int
    existing: int
    sent: int
    missing: int
    missing_ids: tuple[str, ...]


class SeedDeliveryList(ListResult[SeedDelivery]):
    """A delivery for each tenant."""
