"""Rows of the log and of its exceptions as verification reads them: nothing in them is trusted.

Times are UTC texts as `canonical_time` writes them, decimals and JSON the texts that the database prints: that is
what hashes are made of, and reading a log of millions costs half as much when nothing becomes an object in between.
"""

import json
import re
from collections.abc import Iterable
from typing import NamedTuple

import orjson

from sentinai_cli.models.canonical import MAX_DEPTH, canonical_bytes

_FRACTION = re.compile(r"\.[0-9]+[,}\]]").search
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


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


def canonical_row(members: dict[str, object], documents: dict[str, str]) -> bytes:
    """The RFC 8785 form of an object of `members`, which hold no numbers, and of documents as the database prints them.

    Raises InvalidInput or ValueError for a document that has no canonical form.
    """
    if _are_plain(documents.values()):
        for name, text in documents.items():
            members[name] = orjson.loads(text)
        return orjson.dumps(members, option=_OPTIONS)
    return canonical_bytes({**members, **{name: json.loads(text) for name, text in documents.items()}})


def _are_plain(texts: Iterable[str]) -> bool:
    """True when orjson with sorted keys writes what RFC 8785 asks for: ASCII, no fractions, shallow.

    May be False for a text in whose strings something looks like a number; the longer way gives the same bytes.
    A number too large to be in the log becomes other bytes or a ValueError: either way no hash fits it.
    """
    for text in texts:
        if not text.isascii() or _FRACTION(text) or text.count("{") + text.count("[") >= MAX_DEPTH:
            return False
    return True
