"""Rows of the log and of its exceptions as verification reads them: nothing in them is trusted.

Times are UTC texts as `canonical_time` writes them, decimals and JSON the texts that the database prints: that is
what hashes are made of, and reading a log of millions costs half as much when nothing becomes an object in between.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import orjson

from sentinai_cli.models.canonical import canonical_bytes

SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
"""How orjson writes a document whose text is plain or has ASCII keys and no fractions."""
_FRACTION = re.compile(rb"\.[0-9]+[,}\]]").search


RawRow: TypeAlias = tuple[Any, ...]
"""The columns of an `EventRow` or a `RecordRow` as the bytes that the database sends, None for NULL."""


class EventRow(NamedTuple):
    """One event."""

    tenant_id: str
    exception_id: str
    event_no: int
    event_id: str
    event_type: str
    actor_type: str
    actor_id: str
    payload: str
    created_at: str
    leaf: bytes
    hash: bytes


class RecordRow(NamedTuple):
    """One exception, and the event that checking its chain starts behind: number, hash, last record digest told."""

    tenant_id: str
    exception_id: str
    domain: str
    type: str
    source_system: str
    entity: str | None
    amount: str | None
    currency: str | None
    raw_payload: str
    normalized_context: str
    created_at: str
    severity: str
    status: str
    sla_deadline: str | None
    owner: str | None
    current_playbook_id: str | None
    current_step: int | None
    resolved_at: str | None
    updated_at: str
    last_event_no: int
    last_event_hash: bytes
    start_no: int
    start_hash: bytes
    start_digest: str | None


def event_row(raw: RawRow) -> EventRow:
    """An event's columns read. NULL, of which there is none, becomes what fits no hash."""
    return EventRow._make([read(value) for read, value in zip(_EVENT, raw, strict=True)])


def record_row(raw: RawRow) -> RecordRow:
    """An exception's columns read, NULL as above."""
    return RecordRow._make([read(value) for read, value in zip(_RECORD, raw, strict=True)])


def canonical_row(members: dict[str, object], documents: dict[str, str]) -> bytes:
    """The RFC 8785 form of an object of `members`, which hold no numbers, and of documents as the database prints them.

    Raises InvalidInput, TypeError or ValueError for a document that has no canonical form.
    """
    fragments = {name: orjson.Fragment(canonical_text(text.encode())) for name, text in documents.items()}
    return orjson.dumps({**members, **fragments}, option=SORTED)


def canonical_text(text: bytes) -> bytes:
    """The RFC 8785 form of one document as the database prints it. Raises as `canonical_row` does.

    A number too large to be in the log becomes other bytes or an error: either way no hash fits it.
    """
    if not _FRACTION(text):
        document = orjson.loads(text)
        if text.isascii() or _has_ascii_keys(document):
            return orjson.dumps(document, option=SORTED)
    return canonical_bytes(json.loads(text))


def is_plain(texts: bytes) -> bool:
    """Whether orjson with sorted keys writes of each of these documents what RFC 8785 asks for: ASCII, no fractions.

    `texts` are joined by commas. May be False for texts in whose strings something looks like a number.
    """
    return texts.isascii() and not _FRACTION(texts)


def _has_ascii_keys(value: object) -> bool:
    """Beyond ASCII, orjson and RFC 8785 sort keys differently."""
    if isinstance(value, dict):
        return all(map(str.isascii, value)) and all(map(_has_ascii_keys, value.values()))
    return not isinstance(value, list) or all(map(_has_ascii_keys, value))


def _key(value: bytes | None) -> str:
    return (value or b"").decode()


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def _bytes(value: bytes | None) -> bytes:
    return value or b""


def _whole(value: bytes | None) -> int:
    return 0 if value is None else int.from_bytes(value, "big", signed=True)


def _step(value: bytes | None) -> int | None:
    return None if value is None else _whole(value)


_READ: dict[str, Callable[[Any], Any]] = {
    "tenant_id": _key,
    "exception_id": _key,
    "event_no": _whole,
    "leaf": _bytes,
    "hash": _bytes,
    "current_step": _step,
    "last_event_no": _whole,
    "last_event_hash": _bytes,
    "start_no": _whole,
    "start_hash": _bytes,
}
_EVENT = [_READ.get(name, _text) for name in EventRow._fields]
_RECORD = [_READ.get(name, _text) for name in RecordRow._fields]
