"""Which pair of packs decides for a tenant, and which did before."""

from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import pack_activation as stored
from sentinai_cli.models.pack_version import PackActivation


class PackActivationRepository(Repository):
    """Append-only; a tenant's newest row is its active pair."""

    def active(self, tenant_id: str) -> PackActivation | None:
        """The tenant's active pair."""
        newest = (
            select(stored)
            .where(self._in_scope(stored), stored.c.tenant_id == tenant_id)
            .order_by(stored.c.no.desc())
            .limit(1)
        )
        row = self._connection.execute(newest).mappings().first()
        return None if row is None else PackActivation.model_validate(dict(row))

    def lock(self, tenant_id: str) -> None:
        """Wait until no other transaction activates packs of this tenant, and keep others waiting until this one ends.

        Raises Conflict after the lock timeout. Who locks several tenants does so in the order of their ids.
        """
        key = func.hashtextextended(f"sentinai.pack_activation:{tenant_id}", 0)
        self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    def get(self, tenant_id: str, no: int) -> PackActivation | None:
        """One of the tenant's activations by its number."""
        wanted = select(stored).where(self._in_scope(stored), stored.c.tenant_id == tenant_id, stored.c.no == no)
        row = self._connection.execute(wanted).mappings().first()
        return None if row is None else PackActivation.model_validate(dict(row))

    def history(self, tenant_id: str | None = None, *, limit: int | None = None) -> list[PackActivation]:
        """Activations in scope, by tenant, the newest first; of one tenant where it is named."""
        wanted = select(stored).where(self._in_scope(stored))
        if tenant_id is not None:
            wanted = wanted.where(stored.c.tenant_id == tenant_id)
        ordered = wanted.order_by(stored.c.tenant_id, stored.c.no.desc()).limit(limit)
        return [PackActivation.model_validate(dict(row)) for row in self._connection.execute(ordered).mappings()]

    def list_active(self) -> list[PackActivation]:
        """The active pair of every tenant in scope, by tenant."""
        newest = (
            select(stored)
            .where(self._in_scope(stored))
            .ext(distinct_on(stored.c.tenant_id))
            .order_by(stored.c.tenant_id, stored.c.no.desc())
        )
        return [PackActivation.model_validate(dict(row)) for row in self._connection.execute(newest).mappings()]

    def add(
        self,
        tenant_id: str,
        *,
        after: PackActivation | None,
        domain: str,
        domain_version: int,
        policy_version: int | None,
        activated_by: str,
        reason: str | None,
    ) -> PackActivation:
        """Make this pair the active one. Raises Conflict when `after` is not the active one any more."""
        new = (
            insert(stored)
            .values(
                tenant_id=tenant_id,
                no=after.no + 1 if after else 1,
                domain=domain,
                domain_version=domain_version,
                policy_version=policy_version,
                activated_by=activated_by,
                reason=reason,
            )
            .returning(stored)
        )
        return PackActivation.model_validate(dict(self._connection.execute(new).mappings().one()))
