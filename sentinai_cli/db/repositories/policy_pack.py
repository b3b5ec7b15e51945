"""Policy pack versions: one tenant's, immutable, numbered by us."""

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import tenant_policy_pack_version as stored
from sentinai_cli.models.pack_version import PolicyPackVersion
from sentinai_cli.models.policy_pack import PolicyPack


class PolicyPackRepository(Repository):
    """A tenant's policy packs."""

    def get(self, tenant_id: str, version: int | None = None) -> PolicyPackVersion | None:
        """One version; the newest when `version` is None."""
        wanted = select(stored).where(self._in_scope(stored), stored.c.tenant_id == tenant_id)
        if version is not None:
            wanted = wanted.where(stored.c.version == version)
        row = self._connection.execute(wanted.order_by(stored.c.version.desc()).limit(1)).mappings().first()
        return None if row is None else PolicyPackVersion.model_validate(dict(row))

    def with_content(self, tenant_id: str, checksum: str) -> PolicyPackVersion | None:
        """The newest version with exactly this content."""
        wanted = select(stored).where(
            self._in_scope(stored), stored.c.tenant_id == tenant_id, stored.c.checksum == checksum
        )
        row = self._connection.execute(wanted.order_by(stored.c.version.desc()).limit(1)).mappings().first()
        return None if row is None else PolicyPackVersion.model_validate(dict(row))

    def list_all(self, *, domain: str | None = None, newest: bool = False) -> list[PolicyPackVersion]:
        """Every version in scope, or the newest of each tenant, by tenant, the newest first."""
        every = select(stored).where(self._in_scope(stored)).order_by(stored.c.tenant_id, stored.c.version.desc())
        if domain is not None:
            every = every.where(stored.c.domain == domain)
        if newest:
            every = every.ext(distinct_on(stored.c.tenant_id))
        return [PolicyPackVersion.model_validate(dict(row)) for row in self._connection.execute(every).mappings()]

    def add(
        self, pack: PolicyPack, *, after: PolicyPackVersion | None, domain: str, created_by: str, note: str | None
    ) -> PolicyPackVersion:
        """Store the pack as the version behind `after`. Raises Conflict when that is not the newest any more."""
        new = (
            insert(stored)
            .values(
                tenant_id=pack.tenant_id,
                version=after.version + 1 if after else 1,
                domain=domain,
                pack_json=pack.canonical(),
                checksum=pack.checksum(),
                created_by=created_by,
                note=note,
            )
            .returning(stored)
        )
        return PolicyPackVersion.model_validate(dict(self._connection.execute(new).mappings().one()))
