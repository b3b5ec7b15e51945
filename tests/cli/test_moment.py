"""Times as operators type them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinai_cli.cli.moment import parse_moment
from sentinai_cli.errors import InvalidInput

NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", NOW),
        ("90s", NOW - timedelta(seconds=90)),
        ("30m", NOW - timedelta(minutes=30)),
        ("2h", NOW - timedelta(hours=2)),
        ("3d", NOW - timedelta(days=3)),
        ("1w", NOW - timedelta(days=7)),
        ("today", datetime(2026, 11, 20, tzinfo=UTC)),
        ("Yesterday", datetime(2026, 11, 19, tzinfo=UTC)),
        ("2026-11-19", datetime(2026, 11, 19, tzinfo=UTC)),
        ("2026-11-19T08:30", datetime(2026, 11, 19, 8, 30, tzinfo=UTC)),
        ("2026-11-19 08:30:15.5", datetime(2026, 11, 19, 8, 30, 15, 500_000, tzinfo=UTC)),
        ("2026-11-19T08:30Z", datetime(2026, 11, 19, 8, 30, tzinfo=UTC)),
        ("2026-11-19T08:30+01:00", datetime(2026, 11, 19, 7, 30, tzinfo=UTC)),
        (" 2h ", NOW - timedelta(hours=2)),
    ],
)
def test_a_time_is_understood_and_in_utc(text: str, moment: datetime) -> None:
    parsed = parse_moment(text, NOW)
    assert parsed == moment
    assert parsed.utcoffset() == timedelta()


@pytest.mark.parametrize(
    "text",
    ["", "soon", "2", "h", "-2h", "2 years", "999999w", "2026-13-01", "0001-01-01T00:00+14:00", "２h", "12:00", "\x00"],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a time"):
        parse_moment(text, NOW)


@given(st.text(max_size=20))
def test_any_text_is_a_time_with_an_offset_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        assert parse_moment(text, NOW).tzinfo is UTC


offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(timezones=offsets).filter(lambda moment: 1 < moment.year < 9999))
def test_an_iso_time_with_an_offset_is_that_moment(moment: datetime) -> None:
    assert parse_moment(moment.isoformat(), NOW) == moment
