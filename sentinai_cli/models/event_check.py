"""What verifying the event log finds."""

from enum import StrEnum

from sentinai_cli.models.base import Model

SHOWN = 100
"""So many breaks are kept with their place; all are counted."""


class BreakKind(StrEnum):
    """What kind of break it is.

    gap: a number is missing or there twice; content: the event was altered; link: the chain does not hold; head: the
    exception's head is not the last event; record: the exception's row was altered; orphan: no such exception;
    state: the row is not what its events make of it; erased: a sealed exception is gone and no erasure accounts for
    it; seal: a seal does not hold what it closed; anchor: the log is not the one that an anchor was written of.
    """

    GAP = "gap"
    CONTENT = "content"
    LINK = "link"
    HEAD = "head"
    RECORD = "record"
    ORPHAN = "orphan"
    STATE = "state"
    ERASED = "erased"
    SEAL = "seal"
    ANCHOR = "anchor"


class Break(Model):
    """One place where the log does not hold.

    `event_no` is None for what concerns the whole exception, `exception_id` for what concerns the tenant's log.
    """

    tenant_id: str
    exception_id: str | None
    event_no: int | None
    kind: BreakKind
    detail: str


class EventVerification(Model):
    """`breaks` holds the first ones in order of tenant and exception, `broken` counts them all.

    `seals` and `erasures` count what was checked of them. `anchors` counts the lines of anchors that were held
    against the seals.
    """

    tenants: int
    exceptions: int
    events: int
    seals: int = 0
    erasures: int = 0
    anchors: int = 0
    broken: int
    breaks: tuple[Break, ...]


class Findings:
    """Breaks on the way: all are counted, the first `SHOWN` kept."""

    def __init__(self) -> None:
        self.broken = 0
        self.breaks: list[Break] = []

    def add(self, found: Break) -> None:
        """One more."""
        self.broken += 1
        if len(self.breaks) < SHOWN:
            self.breaks.append(found)
