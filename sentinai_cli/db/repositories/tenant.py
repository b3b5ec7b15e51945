"""Tenants."""

from collections.abc import Collection

from sqlalchemy import Select, case, func, select, update
from sqlalchemy.dialects.postgresql import insert

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import tenant, tenant_purge
from sentinai_cli.models.tenant import Tenant, TenantStatus

_PURGED = (
    select(tenant_purge.c.tenant_id)
    .where(tenant_purge.c.tenant_id == tenant.c.tenant_id, tenant_purge.c.finished_at.is_not(None))
    .correlate(tenant)
    .exists()
)
_COLUMNS = [
    case((_PURGED, TenantStatus.PURGED.value), else_=tenant.c.status).label("status") if name == "status" else column
    for name, column in tenant.c.items()
]


class TenantRepository(Repository):
    """In a tenant's scope only that tenant is there."""

    def get(self, tenant_id: str) -> Tenant | None:
        """The tenant with exactly this id."""
        found = self._select().where(tenant.c.tenant_id == tenant_id)
        row = self._connection.execute(found).mappings().first()
        return None if row is None else Tenant.model_validate(dict(row))

    def resembling(self, tenant_id: str) -> Tenant | None:
        """The tenant whose id is this one in other letter case, or the same."""
        found = self._select().where(func.lower(tenant.c.tenant_id) == func.lower(tenant_id))
        row = self._connection.execute(found).mappings().first()
        return None if row is None else Tenant.model_validate(dict(row))

    def list_all(self, statuses: Collection[TenantStatus] = ()) -> list[Tenant]:
        """The tenants in scope, by id; without `statuses`, of every one."""
        rows = self._connection.execute(self._select().order_by(tenant.c.tenant_id)).mappings()
        found = [Tenant.model_validate(dict(row)) for row in rows]
        return [one for one in found if not statuses or one.status in statuses]

    def not_active(self, tenant_ids: Collection[str]) -> list[Tenant]:
        """Those of these that take nothing new, by id."""
        wanted = self._select().where(tenant.c.tenant_id.in_(sorted(tenant_ids)), tenant.c.status != "active")
        rows = self._connection.execute(wanted.order_by(tenant.c.tenant_id)).mappings()
        return [Tenant.model_validate(dict(row)) for row in rows]

    def set_status(self, tenant_id: str, status: TenantStatus) -> bool:
        """Change the status; False, and nothing is done, when it was that."""
        changed = (
            update(tenant)
            .where(self._in_scope(tenant), tenant.c.tenant_id == tenant_id, tenant.c.status != status.value)
            .values(status=status.value, updated_at=func.clock_timestamp())
        )
        return self._connection.execute(changed).rowcount > 0

    def add(self, tenant_id: str, *, name: str, domain: str) -> Tenant | None:
        """Insert an active tenant; None, and nothing is done, when the id is taken in any letter case."""
        new = insert(tenant).values(tenant_id=tenant_id, name=name, domain=domain)
        row = self._connection.execute(new.on_conflict_do_nothing().returning(tenant)).mappings().first()
        return None if row is None else Tenant.model_validate(dict(row))

    def _select(self) -> Select[tuple[object, ...]]:
        return select(*_COLUMNS).where(self._in_scope(tenant))
