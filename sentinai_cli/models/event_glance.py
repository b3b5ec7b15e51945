"""Whether many chains of events are whole, all at once. What does not pass is looked at again, one by one, to name it.

Rows come exactly as the database sends them: every value its bytes, None for NULL, in the order of `EventRow` and
`RecordRow`.
"""

import hashlib
from collections.abc import Sequence
from itertools import accumulate, chain, islice, repeat
from struct import Struct
from typing import Protocol

import orjson

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.event_envelope import EventEnvelope, RecordEnvelope
from sentinai_cli.models.event_hash import LINK
from sentinai_cli.models.event_row import EventRow, RawRow, RecordRow

PATIENCE = 10_000
"""Events whose payload did not travel along that are kept in mind until the end."""
_PAYLOAD, _LEAF = map(EventRow._fields.index, ("payload", "leaf"))
_FOLLOWED = [EventRow._fields.index(name) for name in ("event_no", "event_type", "payload", "leaf", "hash")]
_RAW, _LAST_NO, _LAST_HASH, _START_NO, _START_HASH, _START_DIGEST = map(
    RecordRow._fields.index,
    ("raw_payload", "last_event_no", "last_event_hash", "start_no", "start_hash", "start_digest"),
)
_DOCUMENTS = slice(_RAW, _RAW + 2)
_TELL_RECORD = (b"ExceptionCreated", b"ExceptionUpdated")
_NOT_OURS = (InvalidInput, AttributeError, TypeError, ValueError, RecursionError)
"""What comes of reading values that we could not have stored, NULL among them."""
_number = Struct(">q")
_join = b"".join


class Large(Protocol):
    """Completes rows from which a document is missing because it was too large to travel along."""

    def whole_event(self, event: RawRow) -> RawRow: ...

    def whole_record(self, record: RawRow) -> RawRow: ...


class Glance:
    """The chains of some exceptions, each behind its start: `see` all their events in order, then ask `is_whole`.

    True means that a `ChainCheck` of each would find no break; False that one might. Of events nothing is kept but the
    last hash, the digests that they tell, and those whose payload did not travel along.
    """

    def __init__(self, records: Sequence[RawRow]) -> None:
        self._records = records
        self._envelope = EventEnvelope()
        self._envelope.expect([row[1] for row in records])
        self._large: list[RawRow] = []
        self._told: dict[RawRow, tuple[bytes, str]] = {}
        starts = [_int(row[_START_NO]) for row in records]
        counts = [_int(row[_LAST_NO]) - start for row, start in zip(records, starts, strict=True)]
        self._fits = all(
            count > 0 or (count == 0 < start and row[_LAST_HASH] == row[_START_HASH])
            for row, start, count in zip(records, starts, counts, strict=True)
        )
        numbers = (range(start + 1, start + count + 1) for start, count in zip(starts, counts, strict=True))
        self._expected = (
            chain.from_iterable(map(repeat, [row[0] for row in records], counts)),
            chain.from_iterable(map(repeat, [row[1] for row in records], counts)),
            map(_number.pack, chain.from_iterable(numbers)),
        )
        places = zip(accumulate(counts, initial=0), records, counts, strict=False)
        self._turns = iter([(at, row[_START_HASH], row[_LAST_HASH]) for at, row, count in places if count])
        self._turn = next(self._turns, None)
        self._seen = 0
        self._head = self._last = b""

    def see(self, rows: Sequence[RawRow]) -> bool:
        """Take the next events; whether all is well so far."""
        if self._fits and rows:
            try:
                self._fits = self._follow(rows)
            except _NOT_OURS:
                self._fits = False
        return self._fits

    def is_whole(self, large: Large) -> bool:
        """Whether every chain led to its head and every exception is what its events say it is."""
        try:
            ended = self._last == self._head and next(self._expected[-1], None) is None
            return self._fits and ended and self._large_fit(large) and self._records_fit(large)
        except _NOT_OURS:
            return False

    def _follow(self, rows: Sequence[RawRow]) -> bool:
        columns = tuple(zip(*rows, strict=True))
        numbers, types, payloads, leaves, hashes = (columns[at] for at in _FOLLOWED)
        expected = tuple([tuple(islice(column, len(rows))) for column in self._expected])
        if columns[:3] != expected:
            return False
        if None in payloads:
            self._large += [row for row in rows if row[_PAYLOAD] is None]
            small = [row for row in rows if row[_PAYLOAD] is not None]
            if len(self._large) > PATIENCE or not self._contents_fit(small):
                return False
        elif self._envelope.leaves(expected + columns[3:]) != leaves:  # the same, whose hashes are known
            return False
        links = zip(repeat(LINK), self._previous(hashes), numbers, leaves, strict=False)
        sha256 = hashlib.sha256
        if tuple([sha256(link).digest() for link in map(_join, links)]) != hashes:
            return False
        self._hear([rows[at] for at, kind in enumerate(types) if kind in _TELL_RECORD])
        self._seen += len(rows)
        self._last = hashes[-1]
        return self._fits

    def _previous(self, hashes: tuple[bytes, ...]) -> list[bytes]:
        """What each event must follow: the one before it, but the first of each chain that chain's start."""
        previous = [self._last, *hashes[:-1]]
        while self._turn is not None and self._turn[0] < self._seen + len(hashes):
            place, start, head = self._turn
            at = place - self._seen
            self._fits = self._fits and previous[at] == self._head
            previous[at] = start
            self._head = head
            self._turn = next(self._turns, None)
        return previous

    def _contents_fit(self, rows: Sequence[RawRow]) -> bool:
        columns = tuple(zip(*rows, strict=True))
        return not rows or self._envelope.leaves(columns) == columns[_LEAF]

    def _hear(self, rows: Sequence[RawRow]) -> None:
        """Keep the newest record digest that each exception's events tell."""
        for row in rows:
            payload = None if row[_PAYLOAD] is None else orjson.loads(row[_PAYLOAD])
            digest = payload.get("record_digest") if isinstance(payload, dict) else None
            known = self._told.get(row[:2])
            if digest and isinstance(digest, str) and (known is None or known[0] < row[2]):
                self._told[row[:2]] = row[2], digest

    def _large_fit(self, large: Large) -> bool:
        for row in self._large:
            whole = large.whole_event(row)
            if not self._contents_fit([whole]):
                return False
            if whole[4] in _TELL_RECORD:
                self._hear([whole])
        return True

    def _records_fit(self, large: Large) -> bool:
        small = [row for row in self._records if None not in row[_DOCUMENTS]]
        big = (large.whole_record(row) for row in self._records if None in row[_DOCUMENTS])
        return self._digests_fit(small) and all(self._digests_fit([row]) for row in big)

    def _digests_fit(self, records: Sequence[RawRow]) -> bool:
        if not records:
            return True
        held = RecordEnvelope().digests(tuple(zip(*records, strict=True)))
        told = [self._told[row[:2]][1] if row[:2] in self._told else _text(row[_START_DIGEST]) for row in records]
        return all(said is None or said == digest for said, digest in zip(told, held, strict=True))


def _int(number: bytes | None) -> int:
    return -1 if number is None else int.from_bytes(number, "big", signed=True)


def _text(value: bytes | None) -> str | None:
    return value.decode() or None if value is not None else None
