"""Fields that are days and moments."""

from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import Field

from sentinai_cli.seeding.business_day import add_business_days
from sentinai_cli.seeding.draft import Draft
from sentinai_cli.seeding.provider.base import Provider, Range, whole


class Day(Provider):
    """A day so many business (or calendar) days before or after another."""

    provider: Literal["day"]
    start: str = Field(alias="from")
    before: Range = 0
    after: Range = 0
    unit: Literal["business", "calendar"] = "business"

    def value(self, draft: Draft) -> object:
        day = _day(draft.resolve(self.start))
        count = whole(draft, self.after) - whole(draft, self.before)
        return add_business_days(day, count) if self.unit == "business" else day + timedelta(days=count)


class Instant(Provider):
    """A moment so many minutes before or after another, in whole seconds."""

    provider: Literal["instant"]
    start: str = Field(alias="from")
    before: Range = 0
    after: Range = 0

    def value(self, draft: Draft) -> object:
        moment = draft.resolve(self.start)
        assert isinstance(moment, datetime)
        return moment.replace(microsecond=0) + timedelta(minutes=whole(draft, self.after) - whole(draft, self.before))


def _day(value: object) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    assert isinstance(value, date)
    return value.date() if isinstance(value, datetime) else value
