"""An exception: something that did not go as it should, and its current state."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.event import Event, NewEvent
from sentinai_cli.models.result import ListResult


class Severity(StrEnum):
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """1 for low to 4 for critical, as the column `severity_rank` has it."""
        return _RANK[self]


_RANK = {severity: number for number, severity in enumerate(Severity, start=1)}


class Status(StrEnum):
    OPEN = "open"
    ANALYZING = "analyzing"
    RESOLVED = "resolved"
    ESCALATED = "escalated"


class ExceptionSummary(Model):
    """One line of a list. `amount` is a decimal, written as a string in JSON; `sla_deadline` may be absent."""

    exception_id: str
    tenant_id: str
    domain: str
    type: str
    severity: Severity
    status: Status
    source_system: str
    entity: str | None
    amount: Decimal | None
    currency: str | None
    owner: str | None
    sla_deadline: Moment | None
    created_at: Moment
    updated_at: Moment


class ExceptionList(ListResult[ExceptionSummary]):
    """Exceptions, newest first."""


class ExceptionDetail(ExceptionSummary):
    """Everything about one exception, with its events in order."""

    resolved_at: Moment | None
    current_playbook_id: str | None
    current_step: int | None
    raw_payload: dict[str, object]
    normalized_context: dict[str, object]
    events: tuple[Event, ...]


class ExceptionFilter(Model):
    """Which exceptions. Empty tuples and None do not restrict; `since` is inclusive, `until` exclusive."""

    statuses: tuple[Status, ...] = ()
    severities: tuple[Severity, ...] = ()
    types: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    since: Moment | None = None
    until: Moment | None = None


class ExceptionCount(Model):
    """How many exceptions share these values."""

    tenant_id: str
    type: str
    status: Status
    severity: Severity
    count: int


class ExceptionStats(ListResult[ExceptionCount]):
    """Counts over the filter, by group and in all. `breached` counts unresolved rows past their deadline at `at`."""

    at: Moment
    exceptions: int
    unresolved: int
    breached: int


@dataclass(frozen=True, slots=True)
class NewException:
    """An exception ready to be stored together with its events, which number 1, 2, 3 … and fold to this state.

    `source_digest` is 32 bytes; the last event's hash becomes the head that the row carries.
    """

    tenant_id: str
    exception_id: str
    domain: str
    type: str
    severity: Severity
    status: Status
    source_system: str
    entity: str | None
    amount: Decimal | None
    currency: str | None
    sla_deadline: datetime | None
    owner: str | None
    current_playbook_id: str | None
    current_step: int | None
    raw_payload: dict[str, object]
    normalized_context: dict[str, object]
    source_digest: bytes
    created_at: datetime
    updated_at: datetime
    resolved_at: datetime | None
    events: tuple[NewEvent, ...]


@dataclass(frozen=True, slots=True)
class ExceptionKey:
    """Where a page ended. Rows are ordered by all three, newest first."""

    created_at: datetime
    exception_id: str
    tenant_id: str
