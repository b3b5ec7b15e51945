"""How much a tenant holds and how busy it is."""

import json
from datetime import date, datetime

from sqlalchemy import cast, func, select, text
from sqlalchemy.types import Date

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.repositories.exception_condition import UNRESOLVED
from sentinai_cli.db.schema import event_seal, exception, exception_event
from sentinai_cli.models.tenant_usage import Held


class TenantUsageRepository(Repository):
    """Counts that read all rows of the tenant, and what the server's statistics say instead."""

    def expected(self, tenant_id: str) -> tuple[int, int]:
        """How many exceptions and events the server's planner expects the tenant to have; reads no row of it."""
        return self._planned("exception", tenant_id), self._planned("exception_event", tenant_id)

    def counted(self, tenant_id: str) -> tuple[int, int]:
        """How many exceptions and events the tenant has; reads all its exceptions."""
        wanted = select(func.count(), func.coalesce(func.sum(exception.c.last_event_no), 0)).where(
            self._in_scope(exception), exception.c.tenant_id == tenant_id
        )
        row = self._connection.execute(wanted).one()
        return int(row[0]), int(row[1])

    def held(self, tenant_id: str, at: datetime) -> Held:
        """Unresolved and breached exceptions at a moment, and seals; each by an index."""
        unresolved = select(func.count(), func.count().filter(exception.c.sla_deadline < at)).where(
            self._in_scope(exception), exception.c.tenant_id == tenant_id, UNRESOLVED
        )
        seals = select(func.count(), func.max(event_seal.c.sealed_at)).where(
            self._in_scope(event_seal), event_seal.c.tenant_id == tenant_id
        )
        return Held(*self._connection.execute(unresolved).one(), *self._connection.execute(seals).one())

    def events_by_day(self, tenant_id: str, since: datetime) -> dict[date, int]:
        """Events since a moment by UTC day; days without any are left out."""
        day = cast(func.timezone("UTC", exception_event.c.created_at), Date)
        wanted = (
            select(day, func.count())
            .where(
                self._in_scope(exception_event),
                exception_event.c.tenant_id == tenant_id,
                exception_event.c.created_at >= since,
            )
            .group_by(day)
        )
        return {row[0]: row[1] for row in self._connection.execute(wanted)}

    def _planned(self, table: str, tenant_id: str) -> int:
        asked = text(f"EXPLAIN (FORMAT JSON) SELECT FROM {table} WHERE tenant_id = :tenant_id")
        plan = self._connection.scalars(asked, {"tenant_id": tenant_id}).one()
        read = json.loads(plan) if isinstance(plan, str) else plan
        return int(read[0]["Plan"]["Plan Rows"])
