"""What verifying the event log finds."""

from enum import StrEnum

from sentinai_cli.models.base import Model


class BreakKind(StrEnum):
    """What kind of break it is.

    gap: a number is missing or there twice; content: the event was altered; link: the chain does not hold; head: the
    exception's head is not the last event; record: the exception's row was altered; orphan: no such exception.
    """

    GAP = "gap"
    CONTENT = "content"
    LINK = "link"
    HEAD = "head"
    RECORD = "record"
    ORPHAN = "orphan"


class Break(Model):
    """One place where the log does not hold. `event_no` is None for what concerns the whole exception."""

    tenant_id: str
    exception_id: str
    event_no: int | None
    kind: BreakKind
    detail: str


class EventVerification(Model):
    """`breaks` holds the first ones in order of tenant and exception, `broken` counts them all."""

    tenants: int
    exceptions: int
    events: int
    broken: int
    breaks: tuple[Break, ...]
