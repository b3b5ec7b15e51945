"""The event log."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.repositories.event_append import append
from sentinai_cli.db.schema import exception_event
from sentinai_cli.errors import Conflict
from sentinai_cli.models.event import Event, EventDraft, Placed, StoredEvent
from sentinai_cli.models.event_link import leaf_of
from sentinai_cli.models.scope import TenantScope

_STORED = [exception_event.c[name] for name in StoredEvent._fields]


class EventRepository(Repository):
    """Events are added together with the change they tell of; nothing here changes or removes one."""

    def of_exception(
        self, tenant_id: str, exception_id: str, *, after: int = 0, limit: int | None = None
    ) -> list[Event]:
        """One exception's events in order: all, or up to `limit` that follow event `after`."""
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
                exception_event.c.event_no > after,
            )
            .order_by(exception_event.c.event_no)
            .limit(limit)
        )
        rows = self._connection.execute(wanted).mappings()
        return [Event.model_validate({**row, "hash": row["hash"].hex()}) for row in rows]

    def append_event_if_new(
        self, tenant_id: str, exception_id: str, draft: EventDraft, changes: Mapping[str, object] | None = None
    ) -> tuple[Placed, bool]:
        """Append an event, and write `changes` into the exception's row, unless an event of that id is there.

        Returns where it stands and whether it is new. `changes` are columns as the event leaves them, which is for the
        caller to know (models/event_fold.py). An event there already must say the same, whenever that was: else
        Conflict. Raises LookupError for an exception that does not exist. No event is dated before the one it follows.
        """
        if isinstance(self._scope, TenantScope) and self._scope.tenant_id != tenant_id:
            raise LookupError(exception_id)
        written = append(self._connection, tenant_id, exception_id, draft, changes or {})
        if written is not None:
            return written, True
        there = self.find(tenant_id, draft.event_id)
        assert there is not None
        if leaf_of(tenant_id, exception_id, replace(draft, created_at=there.created_at)) != there.leaf:
            raise Conflict(
                "event_exists",
                f"another event has the id {draft.event_id}",
                why=f"{there.event_type} number {there.event_no} of {there.exception_id}; nothing was changed",
                fix=f"sentinai exceptions show {there.exception_id} --tenant {tenant_id}",
            )
        return Placed(there.event_no, there.created_at, there.hash), False

    def event_exists(self, tenant_id: str, event_id: UUID) -> bool:
        """Whether the tenant has an event of this id."""
        return self.find(tenant_id, event_id) is not None

    def find(self, tenant_id: str, event_id: UUID) -> StoredEvent | None:
        """One event by its id."""
        wanted = select(*_STORED).where(
            self._in_scope(exception_event),
            exception_event.c.tenant_id == tenant_id,
            exception_event.c.event_id == event_id,
        )
        row = self._connection.execute(wanted).mappings().first()
        return None if row is None else StoredEvent(**row)

    def numbered(self, tenant_id: str, exception_id: str, event_no: int) -> StoredEvent | None:
        """One event by its place."""
        wanted = select(*_STORED).where(
            self._in_scope(exception_event),
            exception_event.c.tenant_id == tenant_id,
            exception_event.c.exception_id == exception_id,
            exception_event.c.event_no == event_no,
        )
        row = self._connection.execute(wanted).mappings().first()
        return None if row is None else StoredEvent(**row)

    def leaves(self, tenant_id: str, exception_id: str) -> list[bytes]:
        """The leaves of one exception's events, in order."""
        wanted = (
            select(exception_event.c.leaf)
            .where(
                self._in_scope(exception_event),
                exception_event.c.tenant_id == tenant_id,
                exception_event.c.exception_id == exception_id,
            )
            .order_by(exception_event.c.event_no)
        )
        return list(self._connection.scalars(wanted))
