"""Seals: what closes a part of a tenant's log, chained to the seal before. How they are hashed: docs/event-hashes.md.

entry = life as int8 | first_event_no as int8 | last_event_no as int8 | hash of the exception's event last_event_no
root  = Merkle root (RFC 6962) over the entries, by exception id
hash  = SHA-256("sentinai.seal.v1" | JCS of the seal's columns, hashes in hex, without `hash` itself)
"""

import hashlib
from datetime import datetime
from typing import NamedTuple

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.event_hash import canonical_time
from sentinai_cli.models.result import ListResult

NO_SEAL = bytes(32)
"""What the first seal follows."""
_SEAL = b"sentinai.seal.v1"


class SealEntry(NamedTuple):
    """Where one exception's chain was closed. `life` counts how often its id was erased before, plus one."""

    exception_id: str
    life: int
    first_event_no: int
    last_event_no: int
    hash: bytes

    def merkle_entry(self) -> bytes:
        """What the tree is made of."""
        numbers = (self.life, self.first_event_no, self.last_event_no)
        return b"".join(number.to_bytes(8, "big", signed=True) for number in numbers) + self.hash


class EventSeal(Model):
    """A seal. `root`, `previous` and `hash` are hex; `horizon` is the transaction below which all was closed."""

    tenant_id: str
    seal_no: int
    exceptions: int
    events: int
    root: str
    previous: str
    hash: str
    horizon: int
    epoch: int
    sealed_at: Moment
    sealed_by: str


class EventSealed(Model):
    """What sealing one tenant's log came to. `seal` is the newest one, None when there never was anything to close.

    `waiting` counts events that a transaction still open somewhere in the cluster keeps from being settled.
    """

    tenant_id: str
    sealed: bool
    waiting: int
    seal: EventSeal | None


class EventSealedList(ListResult[EventSealed]):
    """One line for each tenant, by id."""


def seal_hash(
    *,
    tenant_id: str,
    seal_no: int,
    exceptions: int,
    events: int,
    root: str,
    previous: str,
    horizon: int,
    epoch: int,
    sealed_at: datetime,
    sealed_by: str,
) -> str:
    """The hash of a seal, hex."""
    document: dict[str, object] = {
        "tenant_id": tenant_id,
        "seal_no": seal_no,
        "exceptions": exceptions,
        "events": events,
        "root": root,
        "previous": previous,
        "horizon": str(horizon),
        "epoch": epoch,
        "sealed_at": canonical_time(sealed_at),
        "sealed_by": sealed_by,
    }
    return hashlib.sha256(_SEAL + canonical_bytes(document)).hexdigest()


def is_whole(seal: EventSeal) -> bool:
    """Whether the seal's hash is that of what it says."""
    return seal_hash(**{name: getattr(seal, name) for name in EventSeal.model_fields if name != "hash"}) == seal.hash
