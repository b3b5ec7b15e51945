"""What the demo made, and a first look at it."""

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.database import Target
from sentinai_cli.models.event_check import EventVerification
from sentinai_cli.models.exception import ExceptionSummary
from sentinai_cli.models.seed import SeedRunResult


class Demo(Model):
    """`changed` is False when everything was there already. `worst` are unresolved exceptions, the severest first.

    `next_commands` can be typed as they stand.
    """

    changed: bool
    target: Target
    tenants: tuple[SeedRunResult, ...]
    verification: EventVerification
    worst: tuple[ExceptionSummary, ...]
    as_of: Moment
    next_commands: tuple[str, ...]
