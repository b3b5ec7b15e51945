"""How an exception stands against its deadline."""

from datetime import timedelta

import pytest

from sentinai_cli.models.exception_sla import Sla, SlaState
from tests.db.records import EPOCH


def sla(*, deadline: int | None = 100, resolved: int | None = None, at: float = 0) -> Sla | None:
    """Created at EPOCH; minutes from there."""
    return Sla.of(
        created_at=EPOCH,
        deadline=None if deadline is None else EPOCH + timedelta(minutes=deadline),
        resolved_at=None if resolved is None else EPOCH + timedelta(minutes=resolved),
        at=EPOCH + timedelta(minutes=at),
    )


@pytest.mark.parametrize(
    ("at", "resolved", "state", "minutes_left", "used"),
    [
        (0, None, SlaState.ON_TIME, 100, 0),
        (79, None, SlaState.ON_TIME, 21, 79),
        (80, None, SlaState.AT_RISK, 20, 80),
        (100, None, SlaState.AT_RISK, 0, 100),
        (101, None, SlaState.BREACHED, -1, 101),
        (-5, None, SlaState.ON_TIME, 105, 0),
        (500, 100, SlaState.MET, 0, 100),
        (500, 130, SlaState.MISSED, -30, 130),
    ],
)
def test_a_deadline_is_told_from_now_or_from_the_resolution(
    at: int, resolved: int | None, state: SlaState, minutes_left: int, used: int
) -> None:
    found = sla(at=at, resolved=resolved)
    assert found == Sla(state=state, seconds_left=minutes_left * 60, used_percent=used)


def test_a_moment_late_is_late_though_no_second_has_passed() -> None:
    found = sla(at=100.001)
    assert found is not None
    assert (found.state, found.seconds_left) == (SlaState.BREACHED, 0)


def test_what_was_due_when_it_came_has_used_all_of_its_time() -> None:
    found = sla(deadline=0)
    assert found is not None
    assert (found.state, found.used_percent) == (SlaState.AT_RISK, 100)
    assert sla(deadline=None) is None
