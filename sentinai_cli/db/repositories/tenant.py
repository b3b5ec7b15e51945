"""Tenants."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import tenant
from sentinai_cli.models.tenant import Tenant


class TenantRepository(Repository):
    """In a tenant's scope only that tenant is there."""

    def get(self, tenant_id: str) -> Tenant | None:
        """The tenant with exactly this id."""
        found = select(tenant).where(self._in_scope(tenant), tenant.c.tenant_id == tenant_id)
        row = self._connection.execute(found).mappings().first()
        return None if row is None else Tenant.model_validate(dict(row))

    def resembling(self, tenant_id: str) -> Tenant | None:
        """The tenant whose id is this one in other letter case, or the same."""
        found = select(tenant).where(self._in_scope(tenant), func.lower(tenant.c.tenant_id) == func.lower(tenant_id))
        row = self._connection.execute(found).mappings().first()
        return None if row is None else Tenant.model_validate(dict(row))

    def list_all(self) -> list[Tenant]:
        """Every tenant in scope, by id."""
        every = select(tenant).where(self._in_scope(tenant)).order_by(tenant.c.tenant_id)
        return [Tenant.model_validate(dict(row)) for row in self._connection.execute(every).mappings()]

    def add(self, tenant_id: str, *, name: str, domain: str) -> Tenant | None:
        """Insert an active tenant; None, and nothing is done, when the id is taken in any letter case."""
        new = insert(tenant).values(tenant_id=tenant_id, name=name, domain=domain)
        row = self._connection.execute(new.on_conflict_do_nothing().returning(tenant)).mappings().first()
        return None if row is None else Tenant.model_validate(dict(row))
