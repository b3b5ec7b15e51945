"""Playbooks of tenants: versions of content, of which activation marks one as active."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import RowMapping, Select, func, insert, select, tuple_, update

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import playbook as stored
from sentinai_cli.models.playbook import Playbook, PlaybookVersion


class PlaybookRepository(Repository):
    """What a version says is never changed; only whether it is active."""

    def get(self, tenant_id: str, playbook_id: str, version: int | None = None) -> PlaybookVersion | None:
        """One version; the active one when `version` is None, else the newest."""
        wanted = self._own(tenant_id).where(stored.c.playbook_id == playbook_id)
        if version is not None:
            wanted = wanted.where(stored.c.version == version)
        found = self._connection.execute(
            wanted.order_by(stored.c.active.desc(), stored.c.version.desc()).limit(1)
        ).mappings()
        row = found.first()
        return None if row is None else _playbook(row)

    def list_all(self, *, exception_type: str | None = None, active: bool | None = True) -> list[PlaybookVersion]:
        """Those in scope by tenant, id and version; `active` None lists earlier contents too."""
        wanted = select(stored).where(self._in_scope(stored))
        if active is not None:
            wanted = wanted.where(stored.c.active == active)
        if exception_type is not None:
            wanted = wanted.where(stored.c.conditions["exceptionTypes"].contains([exception_type]))
        wanted = wanted.order_by(stored.c.tenant_id, stored.c.playbook_id, stored.c.version)
        return [_playbook(row) for row in self._connection.execute(wanted).mappings()]

    def versions(self, tenant_id: str) -> list[PlaybookVersion]:
        """Every version of one tenant."""
        wanted = self._own(tenant_id).order_by(stored.c.playbook_id, stored.c.version)
        return [_playbook(row) for row in self._connection.execute(wanted).mappings()]

    def add(
        self, tenant_id: str, playbook: Playbook, *, origin: str, origin_version: int, checksum: str
    ) -> PlaybookVersion:
        """Store another content as the playbook's next version, not active. Its steps are added by their repository."""
        newest = select(func.coalesce(func.max(stored.c.version), 0) + 1).where(
            self._in_scope(stored), stored.c.tenant_id == tenant_id, stored.c.playbook_id == playbook.playbook_id
        )
        new = (
            insert(stored)
            .values(
                tenant_id=tenant_id,
                playbook_id=playbook.playbook_id,
                version=newest.scalar_subquery(),
                name=playbook.name,
                description=playbook.description,
                conditions={"exceptionTypes": list(playbook.exception_types)},
                approved=playbook.approved,
                success_criteria=list(playbook.success_criteria),
                origin=origin,
                origin_version=origin_version,
                checksum=checksum,
                active=False,
            )
            .returning(stored)
        )
        return _playbook(self._connection.execute(new).mappings().one())

    def set_active(self, tenant_id: str, versions: Collection[tuple[str, int]]) -> int:
        """Make exactly these (playbook_id, version) the active ones; how many rows changed."""
        named = tuple_(stored.c.playbook_id, stored.c.version).in_(list(versions))
        own = (self._in_scope(stored), stored.c.tenant_id == tenant_id)
        # Off first: at no moment may a playbook have two active versions.
        off = update(stored).where(*own, stored.c.active, ~named).values(active=False)
        on = update(stored).where(*own, ~stored.c.active, named).values(active=True)
        return self._connection.execute(off).rowcount + self._connection.execute(on).rowcount

    def _own(self, tenant_id: str) -> Select[Any]:
        return select(stored).where(self._in_scope(stored), stored.c.tenant_id == tenant_id)


def _playbook(row: RowMapping) -> PlaybookVersion:
    values = dict(row)
    values["exception_types"] = values.pop("conditions")["exceptionTypes"]
    return PlaybookVersion.model_validate(values)
