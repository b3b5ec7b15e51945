"""All of a tenant, table by table, and the entry of its purge."""

import hashlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, insert, literal_column, select, update

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import erasure, metadata, tenant, tenant_purge
from sentinai_cli.models.tenant_purge import PurgedTable, PurgeReceipt, TenantPurge

KEPT = {
    "erasure": "the leaves by which the log still verifies",
    "event_seal": "what was sealed, so that anchors still agree",
    "event_seal_entry": "what was sealed, so that anchors still agree",
    "legal_hold": "what was held, released by whom and why",
    "tenant": "the id stays taken: it never comes back with another's history",
    "tenant_purge": "the entry of the purge itself",
}
"""The tables of tenants in which a purge leaves rows, each with the reason."""
ERASED = ("exception", "exception_event")
"""The tables whose rows go by erasure only."""

_STREAM: dict[str, Any] = {"yield_per": 1000}


def purged_tables() -> list[str]:
    """The tables that a purge empties of a tenant, children before parents, but for those that go by erasure."""
    own = [table.name for table in metadata.sorted_tables if "tenant_id" in table.primary_key.columns]
    return [name for name in reversed(own) if name not in KEPT and name not in ERASED]


class TenantPurgeRepository(Repository):
    """But for `get` and `counts` it works as the owner, who has entered the tenant (`work.erasures.enter`)."""

    def get(self, tenant_id: str) -> TenantPurge | None:
        """The entry of the tenant's purge, begun or finished."""
        wanted = select(*[tenant_purge.c[name] for name in TenantPurge.model_fields])
        found = self._connection.execute(
            wanted.where(self._in_scope(tenant_purge), tenant_purge.c.tenant_id == tenant_id)
        )
        row = found.mappings().first()
        return None if row is None else TenantPurge.model_validate(dict(row))

    def counts(self, tenant_id: str) -> dict[str, int]:
        """How many rows a purge would take of each table, by name."""
        return {name: self._count(name, tenant_id) for name in sorted([*ERASED, *purged_tables()])}

    def lock(self, tenant_id: str) -> None:
        """Wait for whoever is writing rows that lead to the tenant, and let nobody begin until this ends."""
        self._connection.execute(select(tenant.c.tenant_id).where(tenant.c.tenant_id == tenant_id).with_for_update())

    def begin(self, tenant_id: str, operation_id: UUID, *, reason: str | None, by: str, rows: dict[str, int]) -> None:
        """Enter the purge, which from here on can only be finished."""
        entry = {"tenant_id": tenant_id, "operation_id": operation_id, "reason": reason, "started_by": by}
        self._connection.execute(insert(tenant_purge).values(**entry, rows_before=rows))

    def open_door(self, tenant_id: str) -> None:
        """Let the rest of the tenant's rows be deleted in this transaction; the database refuses it under a hold."""
        touched = update(tenant_purge).where(tenant_purge.c.tenant_id == tenant_id)
        self._connection.execute(touched.values(tenant_id=tenant_purge.c.tenant_id))

    def lines(self, name: str, tenant_id: str) -> Iterator[bytes]:
        """The tenant's rows of a table as JSON lines, in the order of keys, a few at a time."""
        table = metadata.tables[name]
        line = cast(func.to_jsonb(literal_column(name)), Text)
        every = select(line).select_from(table).where(self._in_scope(table), table.c.tenant_id == tenant_id)
        with self._connection.execute(every.order_by(*table.primary_key), execution_options=_STREAM) as rows:
            for (found,) in rows:
                yield found.encode() + b"\n"

    def delete(self, name: str, tenant_id: str) -> int:
        """Delete the tenant's rows of a table; how many there were."""
        table = metadata.tables[name]
        return self._connection.execute(delete(table).where(table.c.tenant_id == tenant_id)).rowcount

    def erased(self, tenant_id: str, operation_id: UUID) -> tuple[PurgedTable, PurgedTable]:
        """Exceptions and events that the operation erased."""
        wanted = (
            select(erasure.c.exception_id, erasure.c.events, erasure.c.head_hash, erasure.c.leaves)
            .where(erasure.c.tenant_id == tenant_id, erasure.c.operation_id == operation_id)
            .order_by(erasure.c.exception_id, erasure.c.erasure_no)
        )
        heads, leaves, exceptions, events = hashlib.sha256(), hashlib.sha256(), 0, 0
        with self._connection.execute(wanted, execution_options=_STREAM) as rows:
            for exception_id, count, head, kept in rows:
                heads.update(f"{exception_id}\t{head.hex()}\n".encode())
                leaves.update(kept)
                exceptions, events = exceptions + 1, events + count
        return (
            PurgedTable(table="exception", rows=exceptions, sha256=heads.hexdigest()),
            PurgedTable(table="exception_event", rows=events, sha256=leaves.hexdigest()),
        )

    def finish(self, receipt: PurgeReceipt) -> None:
        """Close the entry, and leave of the tenant its id and its domain."""
        tenant_id, told = receipt.tenant_id, receipt.model_dump(mode="json")
        closed = update(tenant_purge).where(tenant_purge.c.tenant_id == tenant_id)
        self._connection.execute(closed.values(receipt=told, finished_at=func.clock_timestamp()))
        buried = update(tenant).where(tenant.c.tenant_id == tenant_id)
        self._connection.execute(buried.values(name=tenant_id, status="archived", updated_at=func.clock_timestamp()))

    def _count(self, name: str, tenant_id: str) -> int:
        table = metadata.tables[name]
        own = select(func.count()).select_from(table).where(self._in_scope(table), table.c.tenant_id == tenant_id)
        return self._connection.scalars(own).one()
