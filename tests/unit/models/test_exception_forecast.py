"""What will breach, from what is due and from rates."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.models.exception import Severity
from sentinai_cli.models.exception_forecast import Standing, breaches


@pytest.mark.parametrize(
    ("due", "arrivals", "rate", "expected"),
    [
        ({}, {}, 0, {4: 0, 8: 0, 24: 0}),
        ({0: 3, 5: 2, 30: 9}, {}, 0, {4: 3, 8: 5, 24: 5}),
        ({3: 8}, {}, 2, {4: 0, 8: 0, 24: 0}),
        ({3: 9}, {}, 2, {4: 1, 8: 1, 24: 1}),
        ({0: 9}, {}, 2, {4: 7, 8: 7, 24: 7}),
        ({0: 1, 23: 10}, {}, 0.5, {4: 1, 8: 1, 24: 1}),
        ({}, {4.0: 1.0}, 0, {4: 0, 8: 4, 24: 20}),
        ({}, {4.0: 1.0}, 1, {4: 0, 8: 0, 24: 0}),
        ({}, {4.0: 3.0, None: 9.0}, 1, {4: 0, 8: 4, 24: 36}),
    ],
    ids=[
        "nothing",
        "nobody works",
        "just in time",
        "one too many",
        "due at once",
        "later capacity does not help what is due now",
        "arrivals come due when their time is over",
        "arrivals are worked off as they come",
        "more come than are resolved",
    ],
)
def test_what_cannot_be_resolved_in_time_breaches(
    due: Mapping[int, int], arrivals: Mapping[float | None, float], rate: float, expected: dict[int, int]
) -> None:
    late = breaches(due, arrivals, rate)
    assert {hours: late[hours - 1] for hours in expected} == expected


@given(
    due=st.dictionaries(st.integers(0, 23), st.integers(0, 50)),
    came=st.dictionaries(st.sampled_from([None, 0.5, 4.0, 8.0, 72.0]), st.floats(0, 9)),
    rate=st.floats(0, 20),
)
@settings(max_examples=60)
def test_a_forecast_never_falls_and_faster_work_never_makes_it_worse(
    due: dict[int, int], came: dict[float | None, float], rate: float
) -> None:
    late = breaches(due, came, rate)
    assert list(late) == sorted(late)
    assert all(more <= less for more, less in zip(breaches(due, came, rate + 1), late, strict=True))
    assert breaches(due, {}, 0)[-1] == sum(due.values())


def test_rates_are_those_of_the_hours_looked_back_on() -> None:
    group = Standing(due={0: 2}, arrivals={4.0: 12, None: 12}, resolutions=6).group("A", Severity.LOW, hours=24)
    assert (group.arrivals_per_hour, group.resolutions_per_hour) == (1.0, 0.25)
    assert (group.due_4h, group.forecast_4h) == (2, 2)
