from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sentinai_cli.seeding.business_day import add_business_days, business_days_between, is_business_day

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


def test_a_trade_on_friday_settles_on_monday_or_tuesday() -> None:
    friday = date(2026, 11, 13)
    assert add_business_days(friday, 1) == date(2026, 11, 16)
    assert add_business_days(friday, 2) == date(2026, 11, 17)


def test_christmas_and_new_year_are_skipped_both_ways() -> None:
    assert add_business_days(date(2026, 12, 24), 1) == date(2026, 12, 28)
    assert add_business_days(date(2026, 12, 28), -1) == date(2026, 12, 24)
    assert not is_business_day(date(2027, 1, 1))


def test_no_days_from_a_weekend_is_the_friday_before() -> None:
    assert add_business_days(date(2026, 11, 15), 0) == date(2026, 11, 13)
    assert add_business_days(date(2026, 11, 13), 0) == date(2026, 11, 13)


@given(DAYS, st.integers(1, 15))
def test_counting_back_gives_what_was_added(day: date, count: int) -> None:
    later = add_business_days(day, count)
    assert is_business_day(later)
    assert business_days_between(day, later) == count
    assert add_business_days(later, -count) == add_business_days(day, 0)


@given(DAYS)
def test_nothing_lies_between_a_day_and_an_earlier_one(day: date) -> None:
    assert business_days_between(day, day - timedelta(days=3)) == 0
