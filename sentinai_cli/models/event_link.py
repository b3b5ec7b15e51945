"""Drafts numbered, dated and linked behind an exception's last event, by whoever holds the exception's row locked."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sentinai_cli.models.event import EventDraft, NewEvent
from sentinai_cli.models.event_hash import chain_hash, event_leaf
from sentinai_cli.models.uuid7 import time_ordered_id


@dataclass(frozen=True, slots=True)
class Head:
    """Where an exception's log ends: the number, hash and time of its last event."""

    event_no: int
    hash: bytes
    at: datetime


def linked(tenant_id: str, exception_id: str, head: Head, drafts: Sequence[EventDraft]) -> tuple[NewEvent, ...]:
    """The events that follow `head`, in order. None of them is dated before the one it follows."""
    events: list[NewEvent] = []
    number, previous, at = head.event_no, head.hash, head.at
    for draft in drafts:
        number, at = number + 1, max(at, draft.created_at)
        leaf = leaf_of(tenant_id, exception_id, replace(draft, created_at=at))
        previous = chain_hash(previous, number, leaf)
        events.append(
            NewEvent(
                event_no=number,
                event_id=draft.event_id,
                event_type=draft.event_type,
                actor_type=draft.actor_type,
                actor_id=draft.actor_id,
                payload=draft.payload,
                created_at=at,
                leaf=leaf,
                hash=previous,
            )
        )
    return tuple(events)


def leaf_of(tenant_id: str, exception_id: str, draft: EventDraft) -> bytes:
    """The leaf that the draft has on this exception."""
    return event_leaf(
        tenant_id=tenant_id,
        exception_id=exception_id,
        event_id=draft.event_id,
        event_type=draft.event_type.value,
        actor_type=draft.actor_type.value,
        actor_id=draft.actor_id,
        payload=draft.payload,
        created_at=draft.created_at,
    )


def derived_id(at: datetime, *parts: str) -> UUID:
    """The event id that the same moment and parts always give; parts are told apart by their places."""
    told = "\0".join(("sentinai.event-id.v1", *parts))
    return time_ordered_id(at, hashlib.sha256(told.encode()).digest())
