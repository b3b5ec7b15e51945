"""The one door through which randomness enters: keyed hashes of a name and a number.

What record 7 draws depends neither on who made records 1 to 6 nor on chunks, workers or restarts. Only integers come
out. A record's own words come from one call: its block is SHAKE-128(key | name | 0x00 | number as big-endian uint64).
Whatever needs an unknown number of words has a stream: block b of it is BLAKE2b-512(key; name, 0x00, number as
big-endian uint64, b as big-endian uint32), read as eight big-endian 64-bit words.
"""

from collections.abc import Callable
from hashlib import blake2b, shake_128
from itertools import chain, count
from struct import Struct
from typing import TypeVar

Entry = TypeVar("Entry")

_WORDS = Struct(">8Q")
_PLACE = Struct(">QI")
_NUMBER = Struct(">Q")


class Stream:
    """Words of one stream, in order. Each draw consumes one word, whatever its range."""

    __slots__ = ("word",)

    def __init__(self, start: blake2b, number: int) -> None:
        def block(place: int) -> tuple[int, ...]:
            state = start.copy()
            state.update(_PLACE.pack(number, place))
            return _WORDS.unpack(state.digest())

        self.word: Callable[[], int] = chain.from_iterable(map(block, count())).__next__
        """The next 64 bits."""

    def below(self, limit: int) -> int:
        """0 to limit - 1. The bias is below limit / 2^64."""
        return (self.word() * limit) >> 64

    def between(self, least: int, most: int) -> int:
        """`least` to `most`, both included."""
        return least + ((self.word() * (most - least + 1)) >> 64)

    def shuffle(self, entries: list[Entry]) -> None:
        """Put a list into any order, in place. Consumes a word for each entry but the first."""
        for last in range(len(entries) - 1, 0, -1):
            chosen = self.below(last + 1)
            entries[last], entries[chosen] = entries[chosen], entries[last]


class Randomness:
    """All streams under one key (32 bytes)."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._starts: dict[str, blake2b] = {}

    def stream(self, name: str, number: int) -> Stream:
        """The stream `name` of record `number`, from its first word. Asking again starts it again."""
        start = self._starts.get(name)
        if start is None:
            start = self._starts[name] = blake2b(name.encode() + b"\x00", key=self._key)
        return Stream(start, number)

    def blocks(self, name: str, size: int) -> Callable[[int], bytes]:
        """What gives the block `name` of a record, by its number: `size` bytes. A longer block begins as a shorter."""
        start = shake_128(self._key + name.encode() + b"\x00")

        def block(number: int) -> bytes:
            state = start.copy()
            state.update(_NUMBER.pack(number))
            return state.digest(size)

        return block
