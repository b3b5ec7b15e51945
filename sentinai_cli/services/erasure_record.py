"""What is written down of one exception before it goes, and whether its log holds."""

from collections.abc import Mapping, Sequence
from typing import Any

from sentinai_cli.errors import CheckFailed, InvalidInput
from sentinai_cli.models.erasure import ExportedException, ExportedHead
from sentinai_cli.models.event import ActorType, EventType, StoredEvent
from sentinai_cli.models.event_hash import GENESIS, chain_hash, event_leaf, record_digest
from sentinai_cli.models.event_list import EventActor, EventEnvelope

_SAID = ("tenant_id", "exception_id", "event_id", "event_type", "actor_type", "actor_id", "payload", "created_at")
_KEPT = (
    *("tenant_id", "exception_id", "domain", "type", "source_system", "entity", "amount", "currency"),
    *("raw_payload", "normalized_context", "created_at"),
)


def require_whole(row: Mapping[str, Any], events: Sequence[StoredEvent]) -> None:
    """Raise CheckFailed unless the events make the chain that the exception's head ends, and tell of this record.

    What was tampered with is evidence: it is neither exported as if it were whole nor erased.
    """
    try:
        why = _fault(row, events)
    except InvalidInput as error:  # what we could not have stored
        why = error.what
    if why is not None:
        raise CheckFailed(
            "events_broken",
            f"the log of {row['exception_id']} of {row['tenant_id']} does not hold: nothing more is erased",
            why=why,
            fix=f"sentinai events verify --tenant {row['tenant_id']}",
        )


def exported(row: Mapping[str, Any]) -> ExportedException:
    """The row as a line of the export."""
    known = {name: row[name] for name in ExportedException.model_fields}
    known |= {name: row[name].hex() for name in ("source_digest", "last_event_hash")}
    known["amount"] = None if row["amount"] is None else f"{row['amount']:f}"
    return ExportedException.model_validate(known)


def envelope(event: StoredEvent) -> EventEnvelope:
    """The event as a line of the export, as `events export` writes it."""
    return EventEnvelope(
        event_id=event.event_id,
        event_type=event.event_type,
        tenant_id=event.tenant_id,
        exception_id=event.exception_id,
        event_no=event.event_no,
        actor=EventActor(type=ActorType(event.actor_type), id=event.actor_id),
        payload=event.payload,
        timestamp=event.created_at,
        leaf=event.leaf.hex(),
        hash=event.hash.hex(),
    )


def head_of(row: Mapping[str, Any]) -> ExportedHead:
    """Where the chain of the row ends."""
    return ExportedHead(
        exception_id=row["exception_id"], event_no=row["last_event_no"], hash=row["last_event_hash"].hex()
    )


def _fault(row: Mapping[str, Any], events: Sequence[StoredEvent]) -> str | None:
    link, told = GENESIS, None
    for number, event in enumerate(events, start=1):
        if event_leaf(**{name: getattr(event, name) for name in _SAID}) != event.leaf:
            return f"event {event.event_no} is not what its leaf hash says"
        link = chain_hash(link, number, event.leaf)
        if (event.event_no, event.hash) != (number, link):
            return f"event {event.event_no} does not follow from the one before"
        if event.event_type in (EventType.EXCEPTION_CREATED, EventType.EXCEPTION_UPDATED):
            told = event.payload.get("record_digest")
    if (row["last_event_no"], row["last_event_hash"]) != (len(events), link):
        return "the exception's head is not its last event"
    if told is not None and told != record_digest(**{name: row[name] for name in _KEPT}).hex():
        return "the exception is not what its events say it is"
    return None
