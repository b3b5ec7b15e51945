"""The vocabulary as one run sees it: the same for all its records, with favourites of its own."""

from collections.abc import Mapping, Sequence

from sentinai_cli.errors import InvalidInput
from sentinai_cli.seeding.distribution import Zipf
from sentinai_cli.seeding.randomness import Randomness

_SHIFT = 3


class Pools:
    """A vocabulary under a run's key."""

    def __init__(self, randomness: Randomness, vocabulary: Mapping[str, Sequence[object]]) -> None:
        self._randomness = randomness
        self._vocabulary = vocabulary
        self._ranked: dict[str, list[object]] = {}
        self._ranks: dict[int, Zipf] = {}
        self._members: dict[tuple[str, int], list[str]] = {}

    def section(self, name: str) -> Sequence[object]:
        """The entries of a section, in the vocabulary's order. Raises InvalidInput `unknown_vocabulary`."""
        entries = self._vocabulary.get(name)
        if not entries:
            raise InvalidInput("unknown_vocabulary", f"the vocabulary has no section {name!r}")
        return entries

    def ranked(self, name: str) -> list[object]:
        """The entries of a section, this run's favourites first."""
        ranked = self._ranked.get(name)
        if ranked is None:
            ranked = self._ranked[name] = list(self.section(name))
            self._randomness.stream(f"ranking.{name}", 0).shuffle(ranked)
        return ranked

    def own(self, name: str) -> object:
        """The one entry that this run calls its own."""
        entries = self.section(name)
        return entries[self._randomness.stream(f"own.{name}", 0).below(len(entries))]

    def members(self, prefix: str, digits: int, size: int) -> list[str]:
        """The `size` ids that belong to this run, its favourites first."""
        members = self._members.setdefault((prefix, digits), [])
        for rank in range(len(members), size):
            code = self._randomness.stream(f"member.{prefix}", rank).below(10**digits)
            members.append(f"{prefix}{code:0{digits}d}")
        return members[:size]

    def ranks(self, size: int) -> Zipf:
        """Draws places in a list of favourites: a few much more often than most."""
        found = self._ranks.get(size)
        if found is None:
            found = self._ranks[size] = Zipf(size, _SHIFT)
        return found
