"""What changes about a stored exception, and the events that tell of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from sentinai_cli.models.canonical import canonical_bytes, checksum
from sentinai_cli.models.event import ActorType, EventDraft, EventType, NewEvent
from sentinai_cli.models.event_hash import canonical_time, record_digest
from sentinai_cli.models.event_link import Head, derived_id, linked
from sentinai_cli.models.exception import Severity


class Upserted(StrEnum):
    """What became of a record that was put where one may have been."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class _Kept(Enum):
    KEPT = "kept"


KEPT: Final = _Kept.KEPT
"""Stands where nothing was given. None is a value: it clears the field."""

Kept = Literal[_Kept.KEPT]


@dataclass(frozen=True, slots=True)
class ExceptionPatch:
    """New values; what is KEPT stays, None clears. The rest of an exception never changes, or only by an act."""

    source_system: str | Kept = KEPT
    entity: str | None | Kept = KEPT
    amount: Decimal | None | Kept = KEPT
    currency: str | None | Kept = KEPT
    raw_payload: dict[str, object] | Kept = KEPT
    normalized_context: dict[str, object] | Kept = KEPT
    severity: Severity | Kept = KEPT
    sla_deadline: datetime | None | Kept = KEPT
    owner: str | None | Kept = KEPT

    def given(self) -> dict[str, object]:
        """What was given, by column."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not KEPT}


@dataclass(frozen=True, slots=True)
class StoredException:
    """An exception's row without what only acts change, as it is while it is locked."""

    tenant_id: str
    exception_id: str
    domain: str
    type: str
    severity: Severity
    source_system: str
    entity: str | None
    amount: Decimal | None
    currency: str | None
    sla_deadline: datetime | None
    owner: str | None
    raw_payload: dict[str, object]
    normalized_context: dict[str, object]
    source_digest: bytes
    created_at: datetime
    updated_at: datetime
    last_event_no: int
    last_event_hash: bytes

    @property
    def head(self) -> Head:
        """Where its log ends."""
        return Head(self.last_event_no, self.last_event_hash, self.updated_at)

    @property
    def fixed(self) -> tuple[object, ...]:
        """What never changes about it."""
        return self.domain, self.type, self.created_at


class Step(NamedTuple):
    """An event to come."""

    event_type: EventType
    payload: dict[str, object]


@dataclass(frozen=True, slots=True)
class Revision:
    """An exception as it is to be, whose events from here on are `events`; at least one."""

    stored: StoredException
    values: Mapping[str, object]
    events: tuple[NewEvent, ...]


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes it and when; an event is never dated before the one that it follows."""

    actor_type: ActorType
    actor_id: str
    at: datetime


RECORD_FIELDS = ("source_system", "entity", "amount", "currency", "raw_payload", "normalized_context")
"""What the record digest covers of that which may change."""


def steps_of(stored: StoredException, values: Mapping[str, object], reason: str | None = None) -> list[Step]:
    """The events by which an exception takes these values; none where it has them. `reason` is for changes of state."""
    changes = {name: values[name] for name in RECORD_FIELDS if name in values and _differs(stored, name, values[name])}
    steps = []
    if changes:
        told = {name: {"before": _told(getattr(stored, name)), "after": _told(changes[name])} for name in changes}
        steps.append(Step(EventType.EXCEPTION_UPDATED, {"record_digest": _digest(stored, changes), "changes": told}))
    because: dict[str, object] = {} if reason is None else {"reason": reason}
    for name, event_type in (
        ("severity", EventType.SEVERITY_CHANGED),
        ("sla_deadline", EventType.SLA_CHANGED),
        ("owner", EventType.OWNER_CHANGED),
    ):
        if name in values and values[name] != getattr(stored, name):
            before, after = _told(getattr(stored, name)), _told(values[name])
            steps.append(Step(event_type, {"before": before, "after": after, **because}))
    return steps


def revision(stored: StoredException, values: Mapping[str, object], steps: Sequence[Step], by: Author) -> Revision:
    """The exception with these values and the events that these steps come to; the same input gives the same ids."""
    drafts = [
        EventDraft(
            event_id=_event_id(stored, number, step, by.at),
            event_type=step.event_type,
            actor_type=by.actor_type,
            actor_id=by.actor_id,
            payload=step.payload,
            created_at=by.at,
        )
        for number, step in enumerate(steps, start=stored.last_event_no + 1)
    ]
    return Revision(stored, values, linked(stored.tenant_id, stored.exception_id, stored.head, drafts))


def _event_id(stored: StoredException, number: int, step: Step, at: datetime) -> UUID:
    told = (step.event_type.value, checksum(step.payload))
    return derived_id(at, stored.tenant_id, stored.exception_id, str(number), stored.last_event_hash.hex(), *told)


def _differs(stored: StoredException, name: str, value: object) -> bool:
    """Whether it is told differently: 10.5 and 10.50 are, as they are in the record digest; 1 and 1.0 are not."""
    before = getattr(stored, name)
    if isinstance(before, dict):
        return canonical_bytes(before) != canonical_bytes(value)
    return _told(before) != _told(value)


def _told(value: object) -> str | None:
    match value:
        case None:
            return None
        case Decimal():
            return format(value, "f")
        case datetime():
            return canonical_time(value)
        case dict():
            return checksum(value)
    return str(value)


def _digest(stored: StoredException, changes: Mapping[str, object]) -> str:
    covered: dict[str, Any] = {name: changes.get(name, getattr(stored, name)) for name in RECORD_FIELDS}
    return record_digest(
        tenant_id=stored.tenant_id,
        exception_id=stored.exception_id,
        domain=stored.domain,
        type=stored.type,
        created_at=stored.created_at,
        **covered,
    ).hex()
