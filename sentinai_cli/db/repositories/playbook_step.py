"""The steps of tenants' playbooks, in order."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import playbook_step as stored
from sentinai_cli.models.playbook import PlaybookStep

_COLUMNS = [stored.c[name] for name in PlaybookStep.model_fields]


class PlaybookStepRepository(Repository):
    """Steps belong to one version of a playbook and never change."""

    def of_playbook(self, tenant_id: str, playbook_id: str, version: int) -> list[PlaybookStep]:
        """The steps of one version, in order; empty where there is no such version."""
        wanted = (
            select(*_COLUMNS)
            .where(
                self._in_scope(stored),
                stored.c.tenant_id == tenant_id,
                stored.c.playbook_id == playbook_id,
                stored.c.version == version,
            )
            .order_by(stored.c.step_order)
        )
        return [PlaybookStep.model_validate(dict(row)) for row in self._connection.execute(wanted).mappings()]

    def add(self, tenant_id: str, playbook_id: str, version: int, steps: Sequence[PlaybookStep]) -> None:
        """Store all steps of a new version."""
        rows = [
            {"tenant_id": tenant_id, "playbook_id": playbook_id, "version": version, **step.model_dump()}
            for step in steps
        ]
        self._connection.execute(insert(stored), rows)
