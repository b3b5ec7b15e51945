"""The operator journal."""

from uuid import UUID

from sqlalchemy import insert, select

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import operation
from sentinai_cli.models.operation import Operation


class OperationRepository(Repository):
    """A tenant's scope may add to the journal but not read it."""

    def add(self, entry: Operation) -> None:
        """Append one entry."""
        self._connection.execute(insert(operation).values(entry.model_dump()))

    def get(self, operation_id: UUID) -> Operation | None:
        """One entry."""
        row = self._connection.execute(select(operation).where(operation.c.operation_id == operation_id))
        found = row.mappings().first()
        return None if found is None else Operation.model_validate(dict(found))

    def newest(self, limit: int) -> list[Operation]:
        """Up to `limit` entries, newest first."""
        newest = select(operation).order_by(operation.c.at.desc(), operation.c.operation_id.desc()).limit(limit)
        return [Operation.model_validate(dict(row)) for row in self._connection.execute(newest).mappings()]
