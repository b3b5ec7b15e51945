"""What the hashes of many rows are made of, joined from the bytes that the database sends, column by column.

The same as `event_leaf` and `record_digest` make of values. A million events are a million rounds of whatever stands in
a loop here; so nothing does that C code can do over a whole column, and an envelope is joined, not built and printed.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any, TypeAlias

import orjson

from sentinai_cli.models.event_hash import LEAF, RECORD
from sentinai_cli.models.event_row import SORTED, canonical_text, is_plain

Columns: TypeAlias = Sequence[tuple[Any, ...]]
"""The columns of an `EventRow` or a `RecordRow`, bytes or None for NULL."""

_SIMPLE = re.compile(rb"[ !#-\[\]-~]*").fullmatch
_join = b"".join


class EventEnvelope:
    """Makes leaves. Keeps what it has quoted: one for a part of a log, not for all of it."""

    def __init__(self) -> None:
        self._actor_id = _Part(LEAF + b'{"actor_id":', b',"actor_type":')
        self._actor_type = _Part(b"", b',"created_at":"')
        self._type = _Part(b'","event_type":', b',"exception_id":')
        self._name = _Part(b"", b',"payload":')
        self._tenant = _Part(b',"tenant_id":', b"}")

    def expect(self, names: Sequence[bytes | None]) -> None:
        """Quote the ids of exceptions whose events will come, all at once."""
        self._name.update(zip(names, self._name.once(names), strict=True))

    def leaves(self, columns: Columns) -> tuple[bytes, ...]:
        """The leaf of each event. Raises what `canonical_text` raises, and TypeError for NULL."""
        tenants, names, _, ids, types, actor_types, actor_ids, payloads, times, *_ = columns
        parts = zip(
            map(self._actor_id.__getitem__, actor_ids),
            map(self._actor_type.__getitem__, actor_types),
            times,
            repeat(b'","event_id":"'),
            ids,
            map(self._type.__getitem__, types),
            map(self._name.__getitem__, names),
            _canonical(payloads),
            map(self._tenant.__getitem__, tenants),
            strict=False,
        )
        sha256 = hashlib.sha256
        return tuple([sha256(envelope).digest() for envelope in map(_join, parts)])


class RecordEnvelope:
    """Makes record digests, likewise."""

    def __init__(self) -> None:
        self._amount = _Part(RECORD + b'{"amount":', b',"created_at":"')
        self._currency = _Part(b'","currency":', b',"domain":')
        self._domain = _Part(b"", b',"entity":')
        self._entity = _Part(b"", b',"exception_id":')
        self._name = _Part(b"", b',"normalized_context":')
        self._source = _Part(b',"source_system":', b',"tenant_id":')
        self._tenant = _Part(b"", b',"type":')
        self._type = _Part(b"", b"}")

    def digests(self, columns: Columns) -> list[str]:
        """The digest of each exception, hex. Raises as `leaves` does."""
        tenants, names, domains, types, sources, entities, amounts, currencies, raws, contexts, times, *_ = columns
        parts = zip(
            map(self._amount.__getitem__, amounts),
            times,
            map(self._currency.__getitem__, currencies),
            map(self._domain.__getitem__, domains),
            self._entity.once(entities),
            self._name.once(names),
            _canonical(contexts),
            repeat(b',"raw_payload":'),
            _canonical(raws),
            map(self._source.__getitem__, sources),
            map(self._tenant.__getitem__, tenants),
            map(self._type.__getitem__, types),
            strict=False,
        )
        sha256 = hashlib.sha256
        return [sha256(envelope).hexdigest() for envelope in map(_join, parts)]


class _Part(dict[bytes | None, bytes]):
    """A text as JSON between two pieces of the envelope, made once each; most of a log's texts are among a few."""

    def __init__(self, before: bytes, after: bytes) -> None:
        super().__init__()
        self._before, self._after = before, after

    def __missing__(self, text: bytes | None) -> bytes:
        made = self[text] = self._made(text)
        return made

    def once(self, texts: Sequence[bytes | None]) -> list[bytes]:
        """The same of texts that hardly come again, for which looking is a waste."""
        known = [text for text in texts if text is not None]
        if len(known) == len(texts) and _SIMPLE(_join(known)):
            before, after = self._before + b'"', b'"' + self._after
            return [before + text + after for text in known]
        return [self._made(text) for text in texts]

    def _made(self, text: bytes | None) -> bytes:
        # What orjson makes holds on to the room that it was made in; it is never kept.
        quoted = b'"%b"' % text if text is not None and _SIMPLE(text) else orjson.dumps(text and text.decode())
        return self._before + quoted + self._after


def _canonical(texts: Sequence[bytes]) -> Iterator[bytes]:
    """The documents' RFC 8785 forms, one at a time."""
    if is_plain(b",".join(texts)):
        return map(orjson.dumps, map(orjson.loads, texts), repeat(None), repeat(SORTED))
    return map(canonical_text, texts)
