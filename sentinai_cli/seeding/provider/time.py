"""Fields that are days and moments."""

from typing import Literal

from pydantic import Field

from sentinai_cli.errors import InvalidInput
from sentinai_cli.seeding.draft import Draft
from sentinai_cli.seeding.provider.base import Provider, Range, whole
from sentinai_cli.seeding.value import Kind, Value


class Day(Provider):
    """A day so many business (or calendar) days before or after another."""

    provider: Literal["day"]
    start: str = Field(alias="from")
    before: Range = 0
    after: Range = 0
    unit: Literal["business", "calendar"] = "business"

    def write(self, draft: Draft) -> Value:
        day = _day(draft, self.start)
        count = _count(draft, self.after, self.before)
        return draft.keep(
            Value(Kind.DAY, f"business({day}, {count})" if self.unit == "business" else f"{day} + {count}")
        )


class Instant(Provider):
    """A moment so many minutes before or after another, in whole seconds."""

    provider: Literal["instant"]
    start: str = Field(alias="from")
    before: Range = 0
    after: Range = 0

    def write(self, draft: Draft) -> Value:
        moment = draft.resolve(self.start)
        if moment.kind is not Kind.INSTANT:
            raise InvalidInput("invalid_seeds", f"{self.start} is no moment")
        return draft.keep(Value(Kind.INSTANT, f"{moment.code} + {_count(draft, self.after, self.before)} * 60"))


def _count(draft: Draft, after: Range, before: Range) -> str:
    if before == 0:
        return whole(draft, after)
    return f"-{whole(draft, before)}" if after == 0 else f"({whole(draft, after)} - {whole(draft, before)})"


def _day(draft: Draft, term: str) -> str:
    value = draft.resolve(term)
    if value.kind is Kind.DAY:
        return value.code
    if value.kind is Kind.INSTANT:
        return f"{value.code} // 86400"
    if value.part is not None:
        row, entries, name = value.part
        return entries.day(row, name).code
    if value.kind is Kind.TEXT:
        return f"day_from({value.code})"
    raise InvalidInput("invalid_seeds", f"{term} is no day")
