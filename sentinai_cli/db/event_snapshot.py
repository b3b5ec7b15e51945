"""Reading the log in another process, as of the moment that one process chose, without SQLAlchemy."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psycopg

from sentinai_cli.db.engine import Database, enter_bare
from sentinai_cli.db.event_reader import EventReader
from sentinai_cli.db.failure import translated
from sentinai_cli.models.scope import Scope


class EventSnapshot:
    """What the transaction sees which exported `snapshot`, for as long as that lasts. Connects on first use, once."""

    def __init__(self, database: Database, scope: Scope, snapshot: str) -> None:
        self.database = database
        self.scope = scope
        self.snapshot = snapshot
        self._stack = ExitStack()
        self._connection: psycopg.Connection | None = None

    @contextmanager
    def read(self) -> Iterator[EventReader]:
        """One transaction. Driver errors become ours, as in `Database.begin`."""
        with translated():
            if self._connection is None:
                self._connection = self._stack.enter_context(self.database.direct())
            with self._connection.transaction():
                enter_bare(self._connection, self.scope, read_only=True, snapshot=self.snapshot)
                yield EventReader(self._connection, self.scope)
