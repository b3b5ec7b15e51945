"""An exception: something that did not go as it should, and its current state."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Self

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.event import Event, NewEvent
from sentinai_cli.models.payload_condition import PayloadCondition
from sentinai_cli.models.result import ListResult, Page


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


class ExceptionPage(Page):
    """`scanned` counts the rows that were looked at where no index answers the filter, else it is None."""

    scanned: int | None = None


class ExceptionList(ListResult[ExceptionSummary]):
    """Exceptions in one order. A page may end before it is full, when enough rows were looked at."""

    page: ExceptionPage


class ExceptionTotal(Model):
    """How many exceptions match at a moment."""

    count: int
    at: Moment


class ExceptionDetail(ExceptionSummary):
    """Everything about one exception, with its events in order."""

    resolved_at: Moment | None
    current_playbook_id: str | None
    current_step: int | None
    raw_payload: dict[str, object]
    normalized_context: dict[str, object]
    events: tuple[Event, ...]


class Sort(StrEnum):
    """CREATED is newest first, DEADLINE nearest first, AMOUNT largest first, SEVERITY severest first, then newest.

    DEADLINE is that of what is not resolved: rows without one come behind, resolved ones last, newest first. Rows
    without an amount come last; amounts that agree in their first 15 digits stand together, by id.
    """

    CREATED = "created"
    DEADLINE = "deadline"
    AMOUNT = "amount"
    SEVERITY = "severity"


class ExceptionFilter(Model):
    """Which exceptions. Empty tuples and None do not restrict; everything given must hold.

    Of plain and `not_` tuples, one of the first and none of the second must fit; None among entities, owners and
    playbooks is to have none. `playbook_open` is to have a next step in the current playbook, `steps` to have one of
    these. `since`, `due_since` are inclusive, `until`, `due_until` exclusive, amounts inclusive. `search` is
    looked for without regard to case in id, type, source, entity, owner and the text of both documents. `at_risk_at` is
    to be at risk at that moment (models/exception_sla.py).
    """

    statuses: tuple[Status, ...] = ()
    not_statuses: tuple[Status, ...] = ()
    severities: tuple[Severity, ...] = ()
    not_severities: tuple[Severity, ...] = ()
    types: tuple[str, ...] = ()
    not_types: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    not_domains: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    not_sources: tuple[str, ...] = ()
    entities: tuple[str | None, ...] = ()
    not_entities: tuple[str | None, ...] = ()
    owners: tuple[str | None, ...] = ()
    not_owners: tuple[str | None, ...] = ()
    playbooks: tuple[str | None, ...] = ()
    not_playbooks: tuple[str | None, ...] = ()
    playbook_open: bool = False
    steps: tuple[int, ...] = ()
    since: Moment | None = None
    until: Moment | None = None
    unresolved: bool = False
    due_since: Moment | None = None
    due_until: Moment | None = None
    at_risk_at: Moment | None = None
    amount_from: Decimal | None = None
    amount_to: Decimal | None = None
    search: str | None = None
    where: tuple[PayloadCondition, ...] = ()

    @property
    def walks(self) -> bool:
        """Whether no index can answer all of it, so that rows must be walked and looked at."""
        others = (self.search, self.amount_from, self.amount_to, self.at_risk_at)
        return bool(self.where) or any(one is not None for one in others)


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
    """Where a page ended: the values that rows are ordered by. Each order uses some of them."""

    created_at: datetime
    exception_id: str
    tenant_id: str
    severity: Severity | None = None
    sla_deadline: datetime | None = None
    amount: Decimal | None = None
    resolved: bool = False

    @classmethod
    def of(cls, row: ExceptionSummary) -> Self:
        """The place of a row."""
        place = (row.created_at, row.exception_id, row.tenant_id, row.severity, row.sla_deadline, row.amount)
        return cls(*place, row.status is Status.RESOLVED)
