"""Tools of tenants, as their active packs declare them and as operators switched them."""

from collections.abc import Collection, Sequence

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import tool_definition as stored
from sentinai_cli.models.tool import ToolDefinition

_DECLARED = ("type", "config", "domain", "origin_version", "in_pack", "approved")
_COLUMNS = [stored.c[name] for name in ToolDefinition.model_fields]


class ToolRepository(Repository):
    """One row for each tool that a pack of the tenant ever declared; none is ever deleted."""

    def get(self, tenant_id: str, name: str) -> ToolDefinition | None:
        """One tool."""
        wanted = select(*_COLUMNS).where(self._in_scope(stored), stored.c.tenant_id == tenant_id, stored.c.name == name)
        row = self._connection.execute(wanted).mappings().first()
        return None if row is None else ToolDefinition.model_validate(dict(row))

    def list_all(
        self, *, tenant_id: str | None = None, usable: bool | None = None, in_pack: bool | None = True
    ) -> list[ToolDefinition]:
        """Those in scope by tenant and name; `in_pack` None lists those of earlier packs too."""
        wanted = select(*_COLUMNS).where(self._in_scope(stored))
        if tenant_id is not None:
            wanted = wanted.where(stored.c.tenant_id == tenant_id)
        if in_pack is not None:
            wanted = wanted.where(stored.c.in_pack == in_pack)
        if usable is not None:
            wanted = wanted.where(and_(stored.c.in_pack, stored.c.approved, stored.c.enabled) == usable)
        rows = self._connection.execute(wanted.order_by(stored.c.tenant_id, stored.c.name)).mappings()
        return [ToolDefinition.model_validate(dict(row)) for row in rows]

    def put(self, tools: Sequence[ToolDefinition]) -> None:
        """Store what the packs declare; whether a tool is enabled is only set for those that are new."""
        for tool in tools:
            new = insert(stored).values(tool.model_dump(include=set(ToolDefinition.model_fields)))
            changed = [stored.c[name].is_distinct_from(new.excluded[name]) for name in _DECLARED]
            declared = {name: new.excluded[name] for name in _DECLARED}
            self._connection.execute(
                new.on_conflict_do_update(
                    index_elements=[stored.c.tenant_id, stored.c.name],
                    set_=declared,
                    where=and_(stored.c.tenant_id == tool.tenant_id, or_(*changed)),
                )
            )

    def retire(self, tenant_id: str, declared: Collection[str]) -> int:
        """Mark every tool but the declared ones as no longer in a pack; how many that concerned."""
        gone = (
            update(stored)
            .where(
                self._in_scope(stored),
                stored.c.tenant_id == tenant_id,
                stored.c.in_pack,
                stored.c.name.not_in(declared),
            )
            .values(in_pack=False, approved=False)
        )
        return self._connection.execute(gone).rowcount

    def set_enabled(self, tenant_id: str, name: str, *, enabled: bool) -> bool:
        """Switch a tool; False when it is in that state already or is not there."""
        switch = (
            update(stored)
            .where(
                self._in_scope(stored),
                stored.c.tenant_id == tenant_id,
                stored.c.name == name,
                stored.c.enabled != enabled,
            )
            .values(enabled=enabled)
        )
        return self._connection.execute(switch).rowcount == 1
