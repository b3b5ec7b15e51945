"""How an exception stands against its deadline."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from sentinai_cli.models.base import Model

RISK = 80
"""From this share of the window on, in percent, an exception that is not resolved is at risk."""


class SlaState(StrEnum):
    """The first three are of exceptions that are not resolved: AT_RISK once `RISK` percent of the window are used."""

    ON_TIME = "on_time"
    AT_RISK = "at_risk"
    BREACHED = "breached"
    MET = "met"
    MISSED = "missed"


class Sla(Model):
    """`seconds_left` counts to the deadline, from now or else from the resolution: negative is past it.

    `used_percent` is how much of the window between creation and deadline had passed then, over 100 when it is past.
    """

    state: SlaState
    seconds_left: int
    used_percent: int

    @classmethod
    def of(
        cls, *, created_at: datetime, deadline: datetime | None, resolved_at: datetime | None, at: datetime
    ) -> Self | None:
        """As it stands at `at`; None for an exception without a deadline. At the deadline itself nothing is late."""
        if deadline is None:
            return None
        until = at if resolved_at is None else resolved_at
        left, window = (deadline - until).total_seconds(), (deadline - created_at).total_seconds()
        used = 100 if window <= 0 else (until - created_at).total_seconds() / window * 100
        if resolved_at is not None:
            state = SlaState.MISSED if left < 0 else SlaState.MET
        elif left < 0:
            state = SlaState.BREACHED
        else:
            state = SlaState.AT_RISK if used >= RISK else SlaState.ON_TIME
        return cls(state=state, seconds_left=int(left), used_percent=max(0, int(used)))
