"""The hashes that make the event log tamper-evident. Test vectors: docs/event-hashes.md.

leaf  = SHA-256(0x00 | "sentinai.event.v1" | JCS{tenant_id, exception_id, event_id, event_type, actor_type, actor_id,
        payload, created_at})
hash  = SHA-256(0x01 | previous hash, 32 zero bytes at first | event_no as big-endian int8 | leaf)
record digest = SHA-256("sentinai.record.v1" | JCS of the immutable columns and both JSON documents)

The 0x00 and 0x01 prefixes separate leaves from links, as in RFC 6962.
"""

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import orjson

from sentinai_cli.models.canonical import NotCanonical, canonical_bytes, check_json

GENESIS = bytes(32)
LEAF = b"\x00sentinai.event.v1"
LINK = b"\x01"
RECORD = b"sentinai.record.v1"


def canonical_time(moment: datetime) -> str:
    """UTC with six digits of microseconds and `Z`: `2026-11-20T05:56:28.000000Z`. `moment` must carry an offset."""
    at = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return at.isoformat(timespec="microseconds")[:-6] + "Z"


def event_leaf(
    *,
    tenant_id: str,
    exception_id: str,
    event_id: UUID,
    event_type: str,
    actor_type: str,
    actor_id: str,
    payload: dict[str, object],
    created_at: datetime,
) -> bytes:
    """The 32-byte leaf of one event: everything that the event says, independent of its place in the chain.

    Raises NotCanonical for a payload or a text that has no canonical form.
    """
    try:
        said = canonical_bytes(payload)
    except NotCanonical as error:
        raise NotCanonical(f"/payload{error.pointer}", error.why or "") from None
    texts = (tenant_id, exception_id, event_type, actor_type, actor_id)
    document = event_document(texts, event_id, said, canonical_time(created_at))
    return hashlib.sha256(LEAF + document).digest()


def event_document(texts: tuple[str, str, str, str, str], event_id: UUID, payload: bytes, created_at: str) -> bytes:
    """What the leaf covers, in its canonical form; `payload` and `created_at` must be in theirs.

    `texts` are tenant_id, exception_id, event_type, actor_type, actor_id. Raises NotCanonical for one that has no
    canonical form.
    """
    together = "".join(texts)
    if not (together.isascii() and "\x00" not in together):
        check_json(texts)
    tenant_id, exception_id, event_type, actor_type, actor_id = texts
    document = {  # in the order of the canonical form
        "actor_id": actor_id,
        "actor_type": actor_type,
        "created_at": created_at,
        "event_id": str(event_id),
        "event_type": event_type,
        "exception_id": exception_id,
        "payload": orjson.Fragment(payload),
        "tenant_id": tenant_id,
    }
    return orjson.dumps(document)


def chain_hash(previous: bytes, event_no: int, leaf: bytes) -> bytes:
    """Link event `event_no` (1, 2, 3, …) to its predecessor's hash; `previous` of the first is GENESIS."""
    return hashlib.sha256(LINK + previous + event_no.to_bytes(8, "big", signed=True) + leaf).digest()


def record_digest(
    *,
    tenant_id: str,
    exception_id: str,
    domain: str,
    type: str,
    source_system: str,
    entity: str | None,
    amount: Decimal | None,
    currency: str | None,
    raw_payload: dict[str, object],
    normalized_context: dict[str, object],
    created_at: datetime,
) -> bytes:
    """The digest of what never changes about an exception. `amount` keeps its scale: 100.5 and 100.50 differ."""
    document = {
        "tenant_id": tenant_id,
        "exception_id": exception_id,
        "domain": domain,
        "type": type,
        "source_system": source_system,
        "entity": entity,
        "amount": None if amount is None else format(amount, "f"),
        "currency": currency,
        "raw_payload": raw_payload,
        "normalized_context": normalized_context,
        "created_at": canonical_time(created_at),
    }
    return hashlib.sha256(RECORD + canonical_bytes(document)).digest()
