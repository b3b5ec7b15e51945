"""What the demo made, and a first look at it."""

from sentinai_cli.models.base import Moment
from sentinai_cli.models.database import Target
from sentinai_cli.models.event_check import EventVerification
from sentinai_cli.models.exception import ExceptionSummary
from sentinai_cli.models.result import ListResult
from sentinai_cli.models.seed import SeedRunResult


class Demo(ListResult[ExceptionSummary]):
    """The worst unresolved exceptions, the severest first, and what they stand in.

    `changed` is False when everything was there already. `next_commands` can be typed as they stand.
    """

    changed: bool
    target: Target
    tenants: tuple[SeedRunResult, ...]
    verification: EventVerification
    as_of: Moment
    next_commands: tuple[str, ...]
