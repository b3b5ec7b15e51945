"""Appending one event: the head moves and the event is written by one call of `sentinai_append`.

It is given the canonical document that the leaf covers, and makes the rows from that. The link's hash is the server's,
since only it knows the head at that moment. The document tells the time: where the clock has stepped behind the
exception's last event, nothing is written and the document is made again with that event's time. ON CONFLICT would move
the head without an event; in the procedure, a taken id undoes both, in the round trip that an append costs anyway, and
its statements are planned once a session.
"""

from collections.abc import Mapping
from datetime import datetime

import psycopg
from sqlalchemy import Connection

from sentinai_cli.db.driver import driver
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.event import EventDraft, Placed
from sentinai_cli.models.event_hash import canonical_time, event_document

_CALL = "CALL sentinai_append(%s, {changed}, NULL, NULL, NULL)"
_APPEND, _APPEND_AND_CHANGE = _CALL.format(changed="NULL"), _CALL.format(changed="%s::jsonb")
_LAST = "SELECT updated_at FROM exception WHERE tenant_id = %s AND exception_id = %s"


def append(
    connection: Connection, tenant_id: str, exception_id: str, draft: EventDraft, changes: Mapping[str, object]
) -> Placed | None:
    """Write `draft` as the exception's next event and `changes` into its row; None when the event's id is taken.

    Raises LookupError for an exception that does not exist.
    """
    bare = driver(connection)
    call, changed = (_APPEND_AND_CHANGE, [_changed(changes)]) if changes else (_APPEND, [])
    texts = (tenant_id, exception_id, draft.event_type.value, draft.actor_type.value, draft.actor_id)
    payload, created_at = canonical_bytes(draft.payload), draft.created_at
    while True:
        document = event_document(texts, draft.event_id, payload, canonical_time(created_at))
        row = bare.execute(call, [document.decode(), *changed]).fetchone()
        assert row is not None
        event_no, link, taken = row
        if taken:
            return None
        if event_no is not None:
            return Placed(event_no, created_at, link)
        created_at = _last_time(bare, tenant_id, exception_id)


def _changed(changes: Mapping[str, object]) -> str:
    told = {name: canonical_time(value) if isinstance(value, datetime) else value for name, value in changes.items()}
    return canonical_bytes(told).decode()


def _last_time(connection: psycopg.Connection, tenant_id: str, exception_id: str) -> datetime:
    row = connection.execute(_LAST, [tenant_id, exception_id]).fetchone()
    if row is None:
        raise LookupError(exception_id)
    last: datetime = row[0]
    return last
