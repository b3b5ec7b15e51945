"""What one record's fields are drawn from: its stream, the values so far and the run's pools."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from sentinai_cli.errors import InvalidInput
from sentinai_cli.seeding.distribution import Zipf
from sentinai_cli.seeding.randomness import Randomness, Stream

_SHIFT = 3


class Pools:
    """The vocabulary as one run sees it: the same for all its records, with favourites of its own."""

    def __init__(self, randomness: Randomness, vocabulary: Mapping[str, Sequence[object]]) -> None:
        self._randomness = randomness
        self._vocabulary = vocabulary
        self._ranked: dict[str, tuple[list[object], Zipf]] = {}
        self._members: dict[tuple[str, int, int], str] = {}
        self._sizes: dict[int, Zipf] = {}

    def skewed(self, name: str, stream: Stream) -> object:
        """An entry of a section, a few much more often than most."""
        entries, ranks = self._ranking(name)
        return entries[ranks.draw(stream)]

    def even(self, name: str, stream: Stream) -> object:
        """An entry of a section, all alike."""
        entries = self._section(name)
        return entries[stream.below(len(entries))]

    def own(self, name: str) -> object:
        """The one entry that this run calls its own."""
        return self.even(name, self._randomness.stream(f"own.{name}", 0))

    def member(self, prefix: str, digits: int, size: int, stream: Stream) -> str:
        """An id out of `size` that belong to this run, a few much more often than most."""
        ranks = self._sizes.get(size)
        if ranks is None:
            ranks = self._sizes[size] = Zipf(size, _SHIFT)
        rank = ranks.draw(stream)
        found = self._members.get((prefix, digits, rank))
        if found is None:
            code = self._randomness.stream(f"member.{prefix}", rank).below(10**digits)
            found = self._members[prefix, digits, rank] = f"{prefix}{code:0{digits}d}"
        return found

    def _section(self, name: str) -> Sequence[object]:
        entries = self._vocabulary.get(name)
        if not entries:
            raise InvalidInput("unknown_vocabulary", f"the vocabulary has no section {name!r}")
        return entries

    def _ranking(self, name: str) -> tuple[list[object], Zipf]:
        ranking = self._ranked.get(name)
        if ranking is None:
            entries = list(self._section(name))
            self._randomness.stream(f"ranking.{name}", 0).shuffle(entries)
            ranking = self._ranked[name] = (entries, Zipf(len(entries), _SHIFT))
        return ranking


class Draft:
    """A record in the making. `@day` and `@moment` of its arrival are there before the first field."""

    __slots__ = ("pools", "stream", "values")

    def __init__(self, pools: Pools, stream: Stream, created_at: datetime) -> None:
        self.pools = pools
        self.stream = stream
        self.values: dict[str, object] = {"@day": created_at.date(), "@moment": created_at}

    def inner(self) -> "Draft":
        """A draft that sees these values and keeps its own to itself; both draw from one stream."""
        draft = Draft.__new__(Draft)
        draft.pools = self.pools
        draft.stream = self.stream
        draft.values = dict(self.values)
        return draft

    def resolve(self, term: object) -> object:
        """`$name`, `$name.part`, `@day` or `@moment` as the value it names, anything else as it is.

        A field whose own name has a dot comes before a part of another.
        """
        if type(term) is not str:
            return term
        named = _named(term)
        if named is None:
            return term
        name, first, parts = named
        values = self.values
        if name in values:
            return values[name]
        value = values[first]
        for part in parts:
            assert isinstance(value, Mapping), f"{term} asks for a part of {value!r}"
            value = value[part]
        return value


@lru_cache(maxsize=1 << 12)
def _named(term: str) -> tuple[str, str, list[str]] | None:
    """What a reference names: as a whole, and as a field with parts. None for any other text."""
    if not term.startswith(("$", "@")):
        return None
    name = term.removeprefix("$")
    first, *parts = name.split(".")
    return name, first, parts
