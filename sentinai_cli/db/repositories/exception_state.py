"""The states that acts on exceptions look at."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import exception
from sentinai_cli.models.exception import Status
from sentinai_cli.models.exception_act import ExceptionState


class ExceptionStateRepository(Repository):
    """States are read together and locked in one order, so that two operators never wait for each other in a circle."""

    def of(self, keys: Sequence[tuple[str, str]], *, lock: bool = False) -> dict[tuple[str, str], ExceptionState]:
        """The states of those (tenant_id, exception_id) that exist; with `lock` nobody changes them meanwhile."""
        wanted = (
            select(
                exception.c.tenant_id,
                exception.c.exception_id,
                exception.c.status,
                exception.c.owner,
                exception.c.last_event_no,
            )
            .where(self._in_scope(exception), tuple_(exception.c.tenant_id, exception.c.exception_id).in_(sorted(keys)))
            .order_by(exception.c.tenant_id, exception.c.exception_id)
        )
        rows = self._connection.execute(wanted.with_for_update() if lock else wanted).all()
        return {(row[0], row[1]): ExceptionState(row[0], row[1], Status(row[2]), row[3], row[4]) for row in rows}
