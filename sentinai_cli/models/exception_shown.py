"""One exception with all that helps to understand it."""

from sentinai_cli.models.base import Moment
from sentinai_cli.models.exception import ExceptionDetail
from sentinai_cli.models.exception_playbook import ExceptionPlaybook
from sentinai_cli.models.exception_sla import Sla

NEWEST_EVENTS = 50
"""How many events are shown with an exception; its timeline has all."""


class ExceptionShown(ExceptionDetail):
    """As it stood `at`. `events` are the newest ones, `events_total` says how many there were."""

    at: Moment
    age_seconds: int
    sla: Sla | None
    playbook: ExceptionPlaybook | None
    events_total: int
