"""Domain pack versions: global, immutable, numbered by us."""

from sqlalchemy import insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import domain_pack_version as stored
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.pack_version import DomainPackVersion


class DomainPackRepository(Repository):
    """Domain packs belong to no tenant: every scope reads them, only AllTenants may add one."""

    def get(self, domain: str, version: int | None = None) -> DomainPackVersion | None:
        """One version; the newest when `version` is None."""
        wanted = select(stored).where(stored.c.domain == domain)
        if version is not None:
            wanted = wanted.where(stored.c.version == version)
        row = self._connection.execute(wanted.order_by(stored.c.version.desc()).limit(1)).mappings().first()
        return None if row is None else DomainPackVersion.model_validate(dict(row))

    def with_content(self, domain: str, checksum: str) -> DomainPackVersion | None:
        """The newest version with exactly this content."""
        wanted = select(stored).where(stored.c.domain == domain, stored.c.checksum == checksum)
        row = self._connection.execute(wanted.order_by(stored.c.version.desc()).limit(1)).mappings().first()
        return None if row is None else DomainPackVersion.model_validate(dict(row))

    def list_all(self, *, domain: str | None = None, newest: bool = False) -> list[DomainPackVersion]:
        """Every version, or the newest of each domain, by domain, the newest first."""
        every = select(stored).order_by(stored.c.domain, stored.c.version.desc())
        if domain is not None:
            every = every.where(stored.c.domain == domain)
        if newest:
            every = every.ext(distinct_on(stored.c.domain))
        return [DomainPackVersion.model_validate(dict(row)) for row in self._connection.execute(every).mappings()]

    def add(
        self, pack: DomainPack, *, after: DomainPackVersion | None, created_by: str, note: str | None
    ) -> DomainPackVersion:
        """Store the pack as the version behind `after`. Raises Conflict when that is not the newest any more."""
        new = (
            insert(stored)
            .values(
                domain=pack.domain_name,
                version=after.version + 1 if after else 1,
                pack_json=pack.canonical(),
                checksum=pack.checksum(),
                created_by=created_by,
                note=note,
            )
            .returning(stored)
        )
        return DomainPackVersion.model_validate(dict(self._connection.execute(new).mappings().one()))
