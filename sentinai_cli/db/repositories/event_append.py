"""Appending one event: the head moves and the event is written by one call of `sentinai_append_event`.

The link's hash is made by the server, since only it knows the head at that moment. The leaf is the client's, and
covers the time: where the clock has stepped behind the exception's last event, nothing is written and the leaf is
made again with that event's time. ON CONFLICT would move the head without an event; in the function, a taken id undoes
both, in the round trip that an append costs anyway, and its statements are planned once a session.
"""

from collections.abc import Mapping
from datetime import datetime

import psycopg
from sqlalchemy import Connection

from sentinai_cli.db.driver import driver
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.event import EventDraft, StoredEvent
from sentinai_cli.models.event_hash import canonical_time, event_leaf

_APPEND = """
    SELECT new_no, new_hash, taken
    FROM sentinai_append_event(%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s::jsonb)
"""
_LAST = "SELECT updated_at FROM exception WHERE tenant_id = %s AND exception_id = %s"


def append(
    connection: Connection, tenant_id: str, exception_id: str, draft: EventDraft, changes: Mapping[str, object]
) -> StoredEvent | None:
    """Write `draft` as the exception's next event and `changes` into its row; None when the event's id is taken.

    Raises LookupError for an exception that does not exist.
    """
    bare = driver(connection)
    payload, changed = canonical_bytes(draft.payload), _document(changes) if changes else None
    event_id, event_type, created_at = draft.event_id, draft.event_type.value, draft.created_at
    actor_type, actor_id = draft.actor_type.value, draft.actor_id
    while True:
        leaf = event_leaf(
            tenant_id=tenant_id,
            exception_id=exception_id,
            event_id=event_id,
            event_type=event_type,
            actor_type=actor_type,
            actor_id=actor_id,
            payload=payload,
            created_at=created_at,
        )
        values = [tenant_id, exception_id, event_id, event_type, actor_type, actor_id, payload.decode(), created_at]
        row = bare.execute(_APPEND, [*values, leaf, changed]).fetchone()
        assert row is not None
        event_no, link, taken = row
        if taken:
            return None
        if event_no is not None:
            return StoredEvent(
                tenant_id,
                exception_id,
                event_no,
                event_id,
                event_type,
                actor_type,
                actor_id,
                draft.payload,
                created_at,
                leaf,
                link,
            )
        created_at = _last_time(bare, tenant_id, exception_id)


def _document(changes: Mapping[str, object]) -> str:
    told = {name: canonical_time(value) if isinstance(value, datetime) else value for name, value in changes.items()}
    return canonical_bytes(told).decode()


def _last_time(connection: psycopg.Connection, tenant_id: str, exception_id: str) -> datetime:
    row = connection.execute(_LAST, [tenant_id, exception_id]).fetchone()
    if row is None:
        raise LookupError(exception_id)
    last: datetime = row[0]
    return last
