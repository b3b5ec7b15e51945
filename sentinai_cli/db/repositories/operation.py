"""The operator journal."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, delete, func, insert, literal_column, or_, select, tuple_

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import journal_cut, operation
from sentinai_cli.models.operation import Operation, OperationFilter, OperationKey
from sentinai_cli.models.uuid7 import new_id


class OperationRepository(Repository):
    """A tenant's scope may add to the journal but not read it."""

    def add(self, entry: Operation) -> None:
        """Append one entry. A change is entered into an older schema too, which cannot tell readings."""
        values = entry.model_dump(exclude=set() if entry.reads else {"reads"})
        self._connection.execute(insert(operation).values(values))

    def get(self, operation_id: UUID) -> Operation | None:
        """One entry."""
        row = self._connection.execute(select(operation).where(operation.c.operation_id == operation_id))
        found = row.mappings().first()
        return None if found is None else Operation.model_validate(dict(found))

    def newest(self, limit: int) -> list[Operation]:
        """Up to `limit` entries that are no readings, newest first."""
        return self.page(OperationFilter(), after=None, limit=limit)

    def page(self, chosen: OperationFilter, *, after: OperationKey | None, limit: int) -> list[Operation]:
        """Up to `limit` entries that match and come behind `after`, newest first."""
        wanted = select(operation).where(*_conditions(chosen))
        if after is not None:
            place = tuple_(operation.c.at, operation.c.operation_id)
            wanted = wanted.where(place < tuple_(after.at, after.operation_id))
        newest = wanted.order_by(operation.c.at.desc(), operation.c.operation_id.desc()).limit(limit)
        return [Operation.model_validate(dict(row)) for row in self._connection.execute(newest).mappings()]

    def count(self, chosen: OperationFilter) -> int:
        """How many match; reads them all."""
        wanted = select(func.count()).select_from(operation).where(*_conditions(chosen))
        return self._connection.scalars(wanted).one()

    def lines(self, until: datetime) -> Iterator[bytes]:
        """The entries before a moment as JSON lines, the oldest first, a few at a time."""
        line = cast(func.to_jsonb(literal_column(operation.name)), Text)
        wanted = select(line).select_from(operation).where(operation.c.at < until)
        ordered = wanted.order_by(operation.c.at, operation.c.operation_id)
        with self._connection.execute(ordered, execution_options={"yield_per": 1000}) as rows:
            for (found,) in rows:
                yield found.encode() + b"\n"

    def cut(self, until: datetime, *, entries: int, sha256: str, reason: str | None, by: str) -> int:
        """Delete the entries before a moment, of which so many were written down; how many went. Owner's right."""
        made = {"cut_id": new_id(datetime.now(UTC)), "until": until, "entries": entries, "sha256": sha256}
        self._connection.execute(insert(journal_cut).values(**made, reason=reason, cut_by=by))
        return self._connection.execute(delete(operation).where(operation.c.at < until)).rowcount


def _conditions(chosen: OperationFilter) -> list[ColumnElement[bool]]:
    entry = operation.c
    conditions: list[ColumnElement[bool]] = [entry.reads if chosen.reads else ~entry.reads]
    for column, values in ((entry.actor, chosen.actors), (entry.outcome, [one.value for one in chosen.outcomes])):
        if values:
            conditions.append(column.in_(values))
    if chosen.commands:
        conditions.append(
            or_(
                *(entry.command == word for word in chosen.commands),
                *(entry.command.startswith(f"{word} ", autoescape=True) for word in chosen.commands),
            )
        )
    if chosen.tenant_id is not None:
        conditions.append(entry.tenant_id == chosen.tenant_id)
    if chosen.since is not None:
        conditions.append(entry.at >= chosen.since)
    if chosen.until is not None:
        conditions.append(entry.at < chosen.until)
    return conditions
