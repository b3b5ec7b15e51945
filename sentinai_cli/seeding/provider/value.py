"""Fields that are written down, made up or sampled."""

from typing import Literal

from pydantic import Field

from sentinai_cli.errors import InvalidInput
from sentinai_cli.seeding.distribution import WORD, Weighted
from sentinai_cli.seeding.draft import Draft
from sentinai_cli.seeding.entries import Entries
from sentinai_cli.seeding.provider.base import Provider
from sentinai_cli.seeding.value import Kind, Value, constant, is_plain

_BOTH = frozenset({"true", "false"})
_CAPITALS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Fixed(Provider):
    """Always this value."""

    provider: Literal["fixed"]
    content: None | bool | int | str | tuple[str, ...] = Field(alias="value")

    def write(self, draft: Draft) -> Value:
        return constant(self.content) if isinstance(self.content, tuple) else draft.resolve(self.content)


class Absent(Provider):
    """The field is left out."""

    provider: Literal["absent"]

    def write(self, draft: Draft) -> Value:
        return Value(Kind.ABSENT, "None", optional=True)


class Code(Provider):
    """A prefix and so many random digits."""

    provider: Literal["code"]
    prefix: str
    digits: int

    def write(self, draft: Draft) -> Value:
        number = draft.keep(Value(Kind.WHOLE, draft.below(10**self.digits))).code
        source = f"{self.prefix!r} f'{{{number}:0{self.digits}d}}'"
        return draft.keep(Value(Kind.TEXT, source, plain=is_plain(self.prefix)))


class Token(Provider):
    """So many random capitals and digits."""

    provider: Literal["token"]
    length: int

    def write(self, draft: Draft) -> Value:
        capitals = draft.bind(_CAPITALS)
        pieces = []
        for start in range(0, self.length, 5):
            count = min(5, self.length - start)
            number = draft.keep(Value(Kind.WHOLE, draft.below(36**count))).code
            pieces += [f"{{{capitals}[{number} // {36**place} % 36]}}" for place in range(count)]
        return draft.keep(Value(Kind.TEXT, f"f'{''.join(pieces)}'", plain=True))


class Member(Provider):
    """An id from a population of the tenant's own, skewed."""

    provider: Literal["member"]
    prefix: str
    digits: int
    size: int

    def write(self, draft: Draft) -> Value:
        members = draft.bind(draft.pools.members(self.prefix, self.digits, self.size))
        cuts = draft.bind(draft.pools.ranks(self.size).cuts)
        drawn = f"{members}[bisect({cuts}, {draft.place()})]"
        return draft.keep(Value(Kind.TEXT, drawn, plain=is_plain(self.prefix)))


class Pick(Provider):
    """An entry of a vocabulary section, or of a list that a reference names (those always evenly)."""

    provider: Literal["pick"]
    of: str
    skew: Literal["zipf", "even", "own"] = "zipf"

    def write(self, draft: Draft) -> Value:
        if self.of.startswith("$"):
            listed = draft.resolve(self.of)
            if listed.kind is not Kind.LIST or listed.entries is None:
                raise InvalidInput("invalid_seeds", f"{self.of} is no list")
            rows = draft.keep(listed).code
            return _picked(draft, listed.entries, f"{rows}[{draft.below(f'len({rows})')}]")
        entries = draft.entries(self.of)
        if self.skew == "own":
            return _picked(draft, entries, f"{draft.rows(entries, [draft.pools.own(self.of)])}[0]")
        if self.skew == "even":
            return _picked(draft, entries, f"{draft.rows(entries)}[{draft.below(len(draft.pools.section(self.of)))}]")
        ranked = draft.pools.ranked(self.of)
        rows, cuts = draft.rows(entries, ranked), draft.bind(draft.pools.ranks(len(ranked)).cuts)
        return _picked(draft, entries, f"{rows}[bisect({cuts}, {draft.place()})]")


class Choose(Provider):
    """One of these texts, in proportion to its whole weight."""

    provider: Literal["choose"]
    weights: dict[str, int]

    def write(self, draft: Draft) -> Value:
        table = Weighted(self.weights)
        drawn = f"{draft.bind(table.values)}[bisect({draft.bind(table.cuts)}, {draft.place()})]"
        return draft.keep(
            Value(Kind.TEXT, drawn, plain=all(map(is_plain, table.values)), among=frozenset(table.values))
        )


class Flag(Provider):
    """True in so many of 1000 records."""

    provider: Literal["flag"]
    per_mille: int

    def write(self, draft: Draft) -> Value:
        return draft.keep(Value(Kind.TRUTH, f"{draft.place()} < {self.per_mille * WORD // 1000}", among=_BOTH))


def _picked(draft: Draft, entries: Entries, drawn: str) -> Value:
    if entries.texts:
        return draft.keep(Value(Kind.TEXT, drawn, plain=entries.plain))
    return draft.keep(Value(Kind.ENTRY, drawn, entries=entries))
