"""Whether an exception's events hold together: numbers, contents, links, head and record."""

from collections.abc import Iterable, Iterator

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.event import EventType, StoredEvent
from sentinai_cli.models.event_check import Break, BreakKind
from sentinai_cli.models.event_hash import GENESIS, chain_hash, event_leaf, record_digest
from sentinai_cli.models.exception import StoredRecord

_TELL_RECORD = (EventType.EXCEPTION_CREATED.value, EventType.EXCEPTION_UPDATED.value)


def chain_breaks(record: StoredRecord, events: Iterable[StoredEvent]) -> Iterator[Break]:
    """Every break of one exception. `events` are all of this exception's, by number."""
    previous, number, told = GENESIS, 0, None
    for event in events:
        number += 1
        if event.event_no != number:
            yield _found(record, event.event_no, BreakKind.GAP, f"event {number} expected here")
            number = event.event_no
        if _leaf(event) != event.leaf:
            yield _found(record, number, BreakKind.CONTENT, "the event is not what its leaf hash says")
        if chain_hash(previous, event.event_no, event.leaf) != event.hash:
            yield _found(record, number, BreakKind.LINK, "the hash does not follow from the event before")
        if event.event_type in _TELL_RECORD and isinstance(event.payload, dict):
            told = event.payload.get("record_digest")
        previous = event.hash
    if (record.last_event_no, record.last_event_hash) != (number, previous if number else None):
        detail = f"the exception's head is event {record.last_event_no}, the log ends with event {number}"
        yield _found(record, None, BreakKind.HEAD, detail)
    if told is not None and _digest(record) != told:
        yield _found(record, None, BreakKind.RECORD, "the exception is not what its events say it is")


def orphan(event: StoredEvent) -> Break:
    """The break of an event whose exception does not exist."""
    return Break(
        tenant_id=event.tenant_id,
        exception_id=event.exception_id,
        event_no=event.event_no,
        kind=BreakKind.ORPHAN,
        detail="its exception does not exist",
    )


def _leaf(event: StoredEvent) -> bytes | None:
    try:
        return event_leaf(
            tenant_id=event.tenant_id,
            exception_id=event.exception_id,
            event_id=event.event_id,
            event_type=event.event_type,
            actor_type=event.actor_type,
            actor_id=event.actor_id,
            payload=event.payload,
            created_at=event.created_at,
        )
    except InvalidInput:  # a payload that could never have been stored through us
        return None


def _digest(record: StoredRecord) -> str | None:
    try:
        return record_digest(
            tenant_id=record.tenant_id,
            exception_id=record.exception_id,
            domain=record.domain,
            type=record.type,
            source_system=record.source_system,
            entity=record.entity,
            amount=record.amount,
            currency=record.currency,
            raw_payload=record.raw_payload,
            normalized_context=record.normalized_context,
            created_at=record.created_at,
        ).hex()
    except InvalidInput:
        return None


def _found(record: StoredRecord, event_no: int | None, kind: BreakKind, detail: str) -> Break:
    return Break(
        tenant_id=record.tenant_id, exception_id=record.exception_id, event_no=event_no, kind=kind, detail=detail
    )
