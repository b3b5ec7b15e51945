"""How many exceptions share chosen attributes."""

from datetime import date
from enum import StrEnum

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.exception import Severity, Status
from sentinai_cli.models.result import ListResult


class By(StrEnum):
    """What exceptions may be counted by. The day is that of creation, in UTC."""

    TENANT = "tenant"
    DOMAIN = "domain"
    TYPE = "type"
    SEVERITY = "severity"
    STATUS = "status"
    SOURCE = "source"
    ENTITY = "entity"
    OWNER = "owner"
    DAY = "day"


class BreakdownRow(Model):
    """One group. Attributes that were not asked for are None, as is an owner or an entity that is missing.

    `breached` counts unresolved ones past their deadline.
    """

    tenant: str | None = None
    domain: str | None = None
    type: str | None = None
    severity: Severity | None = None
    status: Status | None = None
    source: str | None = None
    entity: str | None = None
    owner: str | None = None
    day: date | None = None
    count: int
    unresolved: int
    breached: int


class ExceptionBreakdown(ListResult[BreakdownRow]):
    """The groups: by day when the first attribute is that, else the largest first. `breached` holds at `at`."""

    by: tuple[By, ...]
    at: Moment
