"""The event log."""

from collections.abc import Iterator

from sqlalchemy import select

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import exception, exception_event
from sentinai_cli.models.event import Event, StoredEvent
from sentinai_cli.models.exception import StoredRecord

_FETCH = 1000


class EventRepository(Repository):
    """Events are added together with the change they tell of; nothing here changes or removes one."""

    def of_exception(self, tenant_id: str, exception_id: str) -> list[Event]:
        """One exception's events, in order."""
        wanted = (
            select(
                exception_event.c.event_no,
                exception_event.c.event_id,
                exception_event.c.event_type,
                exception_event.c.actor_type,
                exception_event.c.actor_id,
                exception_event.c.payload,
                exception_event.c.created_at,
                exception_event.c.hash,
            )
            .where(
                self._in_scope(exception_event),
                exception_event.c.tenant_id == tenant_id,
                exception_event.c.exception_id == exception_id,
            )
            .order_by(exception_event.c.event_no)
        )
        rows = self._connection.execute(wanted).mappings()
        return [Event.model_validate({**row, "hash": row["hash"].hex()}) for row in rows]

    def stream_log(self) -> Iterator[StoredEvent]:
        """Every event in scope by tenant, exception and number, a few at a time."""
        every = (
            select(
                exception_event.c.tenant_id,
                exception_event.c.exception_id,
                exception_event.c.event_no,
                exception_event.c.event_id,
                exception_event.c.event_type,
                exception_event.c.actor_type,
                exception_event.c.actor_id,
                exception_event.c.payload,
                exception_event.c.created_at,
                exception_event.c.leaf,
                exception_event.c.hash,
            )
            .where(self._in_scope(exception_event))
            .order_by(exception_event.c.tenant_id, exception_event.c.exception_id, exception_event.c.event_no)
        )
        for row in self._connection.execution_options(yield_per=_FETCH).execute(every).mappings():
            yield StoredEvent(**row)

    def stream_records(self) -> Iterator[StoredRecord]:
        """Every exception's immutable part and head, in scope, by tenant and exception, a few at a time."""
        every = (
            select(
                exception.c.tenant_id,
                exception.c.exception_id,
                exception.c.domain,
                exception.c.type,
                exception.c.source_system,
                exception.c.entity,
                exception.c.amount,
                exception.c.currency,
                exception.c.raw_payload,
                exception.c.normalized_context,
                exception.c.created_at,
                exception.c.last_event_no,
                exception.c.last_event_hash,
            )
            .where(self._in_scope(exception))
            .order_by(exception.c.tenant_id, exception.c.exception_id)
        )
        for row in self._connection.execution_options(yield_per=_FETCH).execute(every).mappings():
            yield StoredRecord(**row)
