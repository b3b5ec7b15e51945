"""Fields that are written down, made up or sampled."""

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

from pydantic import Field

from sentinai_cli.seeding.distribution import Weighted
from sentinai_cli.seeding.draft import Draft
from sentinai_cli.seeding.provider.base import ABSENT, Provider

_CAPITALS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Fixed(Provider):
    """Always this value."""

    provider: Literal["fixed"]
    content: None | bool | int | str | tuple[str, ...] = Field(alias="value")

    def value(self, draft: Draft) -> object:
        content = self.content
        return list(content) if type(content) is tuple else draft.resolve(content)


class Absent(Provider):
    """The field is left out."""

    provider: Literal["absent"]

    def value(self, draft: Draft) -> object:
        return ABSENT


class Code(Provider):
    """A prefix and so many random digits."""

    provider: Literal["code"]
    prefix: str
    digits: int

    def value(self, draft: Draft) -> object:
        return f"{self.prefix}{draft.stream.below(10**self.digits):0{self.digits}d}"


class Token(Provider):
    """So many random capitals and digits."""

    provider: Literal["token"]
    length: int

    def value(self, draft: Draft) -> object:
        number = 0
        for _ in range(0, self.length, 8):
            number = (number << 64) | draft.stream.word()
        text = []
        for _ in range(self.length):
            number, digit = divmod(number, 36)
            text.append(_CAPITALS[digit])
        return "".join(text)


class Member(Provider):
    """An id from a population of the tenant's own, skewed."""

    provider: Literal["member"]
    prefix: str
    digits: int
    size: int

    def value(self, draft: Draft) -> object:
        return draft.pools.member(self.prefix, self.digits, self.size, draft.stream)


class Pick(Provider):
    """An entry of a vocabulary section, or of a list that a reference names (those always evenly)."""

    provider: Literal["pick"]
    of: str
    skew: Literal["zipf", "even", "own"] = "zipf"

    def value(self, draft: Draft) -> object:
        if self.of.startswith("$"):
            entries = draft.resolve(self.of)
            assert isinstance(entries, Sequence)
            return entries[draft.stream.below(len(entries))]
        if self.skew == "own":
            return draft.pools.own(self.of)
        return (draft.pools.skewed if self.skew == "zipf" else draft.pools.even)(self.of, draft.stream)


class Choose(Provider):
    """One of these texts, in proportion to its whole weight."""

    provider: Literal["choose"]
    weights: dict[str, int]

    @cached_property
    def _table(self) -> Weighted[str]:
        return Weighted(self.weights)

    def value(self, draft: Draft) -> object:
        return self._table.draw(draft.stream)


class Flag(Provider):
    """True in so many of 1000 records."""

    provider: Literal["flag"]
    per_mille: int

    def value(self, draft: Draft) -> object:
        return draft.stream.chance(self.per_mille)
