"""Appending one event: the head moves and the event is written in one statement, inside a savepoint.

The link's hash is made by the server, since only it knows the head at that moment. The leaf is the client's, and
covers the time: where the clock has stepped behind the exception's last event, nothing is written and the leaf is
made again with that event's time. ON CONFLICT would move the head without an event; hence the savepoint, which
travels in the same message, so that an append costs one round trip.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import psycopg
from psycopg import sql
from sqlalchemy import Connection

from sentinai_cli.db.driver import driver
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.event import Event, EventDraft
from sentinai_cli.models.event_hash import event_leaf

_EVENT_ID = "uq_exception_event_event_id"
_APPEND = """
    SAVEPOINT append_event;
    WITH head AS (
        UPDATE exception SET
            last_event_no = last_event_no + 1,
            last_event_hash = sha256('\\x01'::bytea || last_event_hash || int8send(last_event_no + 1) || %(leaf)s),
            updated_at = %(created_at)s {changes}
        WHERE tenant_id = %(tenant_id)s AND exception_id = %(exception_id)s AND updated_at <= %(created_at)s
        RETURNING last_event_no, last_event_hash
    )
    INSERT INTO exception_event
        (tenant_id, exception_id, event_no, event_id, event_type, actor_type, actor_id, payload, created_at, leaf, hash)
    SELECT %(tenant_id)s, %(exception_id)s, last_event_no, %(event_id)s, %(event_type)s, %(actor_type)s, %(actor_id)s,
           %(payload)s::jsonb, %(created_at)s, %(leaf)s, last_event_hash
    FROM head RETURNING event_no, hash;
    RELEASE SAVEPOINT append_event
"""
_UNDO = "ROLLBACK TO SAVEPOINT append_event; RELEASE SAVEPOINT append_event"
_LAST = "SELECT updated_at FROM exception WHERE tenant_id = %s AND exception_id = %s"


def append(
    connection: Connection, tenant_id: str, exception_id: str, draft: EventDraft, changes: Mapping[str, object]
) -> Event | None:
    """Write `draft` as the exception's next event and `changes` into its row; None when the event's id is taken.

    Raises LookupError for an exception that does not exist.
    """
    bare = driver(connection)
    while True:
        try:
            written = _write(bare, tenant_id, exception_id, draft, changes)
        except psycopg.errors.UniqueViolation as error:
            if error.diag.constraint_name != _EVENT_ID:
                raise
            bare.execute(_UNDO)
            return None
        if written is not None:
            return _event(draft, *written)
        draft = replace(draft, created_at=_last_time(bare, tenant_id, exception_id))


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


def _write(
    connection: psycopg.Connection,
    tenant_id: str,
    exception_id: str,
    draft: EventDraft,
    changes: Mapping[str, object],
) -> tuple[int, bytes] | None:
    columns = [sql.SQL(", {} = {}").format(sql.Identifier(name), sql.Literal(changes[name])) for name in changes]
    values = {
        "tenant_id": tenant_id,
        "exception_id": exception_id,
        "event_id": draft.event_id,
        "event_type": draft.event_type.value,
        "actor_type": draft.actor_type.value,
        "actor_id": draft.actor_id,
        "payload": canonical_bytes(draft.payload).decode(),
        "created_at": draft.created_at,
        "leaf": leaf_of(tenant_id, exception_id, draft),
    }
    with psycopg.ClientCursor(connection) as cursor:  # several statements in one message are bound by the client
        cursor.execute(sql.SQL(_APPEND).format(changes=sql.SQL("").join(columns)), values)
        cursor.nextset()
        found: tuple[int, bytes] | None = cursor.fetchone()
    return found


def _last_time(connection: psycopg.Connection, tenant_id: str, exception_id: str) -> datetime:
    row = connection.execute(_LAST, [tenant_id, exception_id]).fetchone()
    if row is None:
        raise LookupError(exception_id)
    last: datetime = row[0]
    return last


def _event(draft: EventDraft, event_no: int, link: bytes) -> Event:
    return Event(
        event_no=event_no,
        event_id=draft.event_id,
        event_type=draft.event_type,
        actor_type=draft.actor_type,
        actor_id=draft.actor_id,
        payload=draft.payload,
        created_at=draft.created_at,
        hash=link.hex(),
    )
