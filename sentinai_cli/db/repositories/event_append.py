"""Appending one event: the head moves and the event is written in one statement, inside a savepoint.

The link's hash is made by the server, since only it knows the head at that moment. The leaf is the client's, and
covers the time: where the clock has stepped behind the exception's last event, nothing is written and the leaf is
made again with that event's time. ON CONFLICT would move the head without an event; hence the savepoint.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, LargeBinary, func, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from sentinai_cli.db.schema import exception, exception_event
from sentinai_cli.models.event import Event, EventDraft
from sentinai_cli.models.event_hash import event_leaf

_EVENT_ID = "uq_exception_event_event_id"
_LINK = literal(b"\x01", LargeBinary)


def append(
    connection: Connection, tenant_id: str, exception_id: str, draft: EventDraft, changes: Mapping[str, object]
) -> Event | None:
    """Write `draft` as the exception's next event and `changes` into its row; None when the event's id is taken.

    Raises LookupError for an exception that does not exist.
    """
    while True:
        try:
            with connection.begin_nested():
                written = connection.execute(_statement(tenant_id, exception_id, draft, changes)).first()
        except IntegrityError as error:
            if getattr(getattr(error.orig, "diag", None), "constraint_name", None) == _EVENT_ID:
                return None
            raise
        if written is not None:
            return _event(draft, written.event_no, written.hash)
        draft = replace(draft, created_at=_last_time(connection, tenant_id, exception_id))


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


def _statement(tenant_id: str, exception_id: str, draft: EventDraft, changes: Mapping[str, object]) -> Executable:
    leaf = literal(leaf_of(tenant_id, exception_id, draft), LargeBinary)
    number = exception.c.last_event_no + 1
    linked = _LINK.op("||")(exception.c.last_event_hash).op("||")(func.int8send(number)).op("||")(leaf)
    columns: dict[str, Any] = {
        **changes,
        "updated_at": draft.created_at,
        "last_event_no": number,
        "last_event_hash": func.sha256(linked),
    }
    head = (
        update(exception)
        .where(
            exception.c.tenant_id == tenant_id,
            exception.c.exception_id == exception_id,
            exception.c.updated_at <= draft.created_at,
        )
        .values(columns)
        .returning(exception.c.last_event_no, exception.c.last_event_hash)
        .cte("head")
    )
    event = {
        "tenant_id": tenant_id,
        "exception_id": exception_id,
        "event_no": head.c.last_event_no,
        "event_id": draft.event_id,
        "event_type": draft.event_type.value,
        "actor_type": draft.actor_type.value,
        "actor_id": draft.actor_id,
        "payload": draft.payload,
        "created_at": draft.created_at,
        "leaf": leaf,
        "hash": head.c.last_event_hash,
    }
    values: list[Any] = [
        value if name in ("event_no", "leaf", "hash") else literal(value, exception_event.c[name].type)
        for name, value in event.items()
    ]
    return (
        insert(exception_event)
        .from_select(list(event), select(*values).select_from(head))
        .returning(exception_event.c.event_no, exception_event.c.hash)
    )


def _last_time(connection: Connection, tenant_id: str, exception_id: str) -> datetime:
    wanted = select(exception.c.updated_at).where(
        exception.c.tenant_id == tenant_id, exception.c.exception_id == exception_id
    )
    last: datetime | None = connection.execute(wanted).scalar_one_or_none()
    if last is None:
        raise LookupError(exception_id)
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
