"""An exception as it is loaded: every value is the text that the database reads, both documents canonical JSON.

Making one is a good deal quicker than making a NewException, and loading takes nothing else.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import orjson

from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.event import ActorType, EventType, NewEvent
from sentinai_cli.models.event_hash import canonical_time
from sentinai_cli.models.exception import NewException, Severity, Status


@dataclass(slots=True)
class PreparedEvent:
    """One event; its number is its place, counted from 1. `created_at` is canonical, `payload` canonical JSON."""

    event_id: str
    event_type: str
    actor_type: str
    actor_id: str
    payload: str
    created_at: str
    leaf: bytes
    hash: bytes


@dataclass(slots=True)
class PreparedException:
    """Times are canonical, both documents canonical JSON, digests bytes; there is at least one event."""

    tenant_id: str
    exception_id: str
    domain: str
    type: str
    severity: str
    status: str
    source_system: str
    entity: str | None
    amount: str | None
    currency: str | None
    sla_deadline: str | None
    owner: str | None
    current_playbook_id: str | None
    current_step: int | None
    raw_payload: str
    normalized_context: str
    source_digest: bytes
    created_at: str
    updated_at: str
    resolved_at: str | None
    events: list[PreparedEvent]


def prepared(record: NewException) -> PreparedException:
    """The record as it is loaded. Raises NotCanonical for a document that is none."""
    return PreparedException(
        tenant_id=record.tenant_id,
        exception_id=record.exception_id,
        domain=record.domain,
        type=record.type,
        severity=record.severity.value,
        status=record.status.value,
        source_system=record.source_system,
        entity=record.entity,
        amount=None if record.amount is None else format(record.amount, "f"),
        currency=record.currency,
        sla_deadline=_time(record.sla_deadline),
        owner=record.owner,
        current_playbook_id=record.current_playbook_id,
        current_step=record.current_step,
        raw_payload=canonical_bytes(record.raw_payload).decode(),
        normalized_context=canonical_bytes(record.normalized_context).decode(),
        source_digest=record.source_digest,
        created_at=canonical_time(record.created_at),
        updated_at=canonical_time(record.updated_at),
        resolved_at=_time(record.resolved_at),
        events=[
            PreparedEvent(
                event_id=str(event.event_id),
                event_type=event.event_type.value,
                actor_type=event.actor_type.value,
                actor_id=event.actor_id,
                payload=canonical_bytes(event.payload).decode(),
                created_at=canonical_time(event.created_at),
                leaf=event.leaf,
                hash=event.hash,
            )
            for event in record.events
        ],
    )


def restored(record: PreparedException) -> NewException:
    """The record that was prepared."""
    return NewException(
        tenant_id=record.tenant_id,
        exception_id=record.exception_id,
        domain=record.domain,
        type=record.type,
        severity=Severity(record.severity),
        status=Status(record.status),
        source_system=record.source_system,
        entity=record.entity,
        amount=None if record.amount is None else Decimal(record.amount),
        currency=record.currency,
        sla_deadline=_moment(record.sla_deadline),
        owner=record.owner,
        current_playbook_id=record.current_playbook_id,
        current_step=record.current_step,
        raw_payload=orjson.loads(record.raw_payload),
        normalized_context=orjson.loads(record.normalized_context),
        source_digest=record.source_digest,
        created_at=datetime.fromisoformat(record.created_at),
        updated_at=datetime.fromisoformat(record.updated_at),
        resolved_at=_moment(record.resolved_at),
        events=tuple(
            NewEvent(
                event_no=number,
                event_id=UUID(event.event_id),
                event_type=EventType(event.event_type),
                actor_type=ActorType(event.actor_type),
                actor_id=event.actor_id,
                payload=orjson.loads(event.payload),
                created_at=datetime.fromisoformat(event.created_at),
                leaf=event.leaf,
                hash=event.hash,
            )
            for number, event in enumerate(record.events, start=1)
        ),
    )


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else canonical_time(moment)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
