"""The log and its exceptions side by side, in ranges of keys, for verification."""

from collections.abc import Iterator

from sqlalchemy import Connection

from sentinai_cli.db.driver import driver
from sentinai_cli.db.event_reader import ChainRange, EventReader, Key
from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.models.event_row import EventRow, RecordRow, event_row, record_row
from sentinai_cli.models.scope import Scope

_BOUNDS = """
    SELECT tenant_id, exception_id
    FROM (SELECT tenant_id, exception_id, row_number() OVER (ORDER BY tenant_id, exception_id) AS number
          FROM exception AS x WHERE {scope}) AS numbered
    WHERE number %% {size} = 0 ORDER BY number
"""


class EventChainRepository(Repository):
    """Cuts the log into ranges and reads them row by row; `reader` reads them as they come."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        super().__init__(connection, scope)
        self._driver = driver(connection)
        self.reader = EventReader(self._driver, scope)

    def ranges(self, size: int) -> list[ChainRange]:
        """All keys in scope, cut so that `size` exceptions lie in each range."""
        scope, parameters = self.reader.scope("x")
        bounds: list[Key] = self._driver.execute(_BOUNDS.format(scope=scope, size=size), parameters).fetchall()
        return [ChainRange(*pair) for pair in zip([None, *bounds], [*bounds, None], strict=True)]

    def records(self, wanted: ChainRange, *, since_seal: bool) -> Iterator[RecordRow]:
        """Exceptions by key; with `since_seal` those alone that the seals do not close, starting behind the last."""
        return map(record_row, map(self.reader.whole_record, self.reader.records(wanted, since_seal=since_seal)))

    def events(self, wanted: ChainRange, *, since_seal: bool) -> Iterator[EventRow]:
        """Events by key and number; with `since_seal` those alone that no seal closed."""
        return map(event_row, self.reader.events_slowly(wanted, since_seal=since_seal))

    def export_snapshot(self) -> str:
        """A name under which other transactions can see exactly what this one sees, while it lasts."""
        row = self._driver.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        return str(row[0])
