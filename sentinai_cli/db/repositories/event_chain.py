"""The log and its exceptions side by side, in ranges of keys, for verification.

Rows travel as texts, which cost a third of the objects that they stand for. A range is small enough to hold its
exceptions; its events are read some at a time.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from sqlalchemy import Connection

from sentinai_cli.db.driver import driver
from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.models.event_row import EventRow, RecordRow
from sentinai_cli.models.scope import Scope, TenantScope

Key = tuple[str, str]

_FETCH = 2000

_TIME = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
EVENT_COLUMNS = f"""
    e.tenant_id, e.exception_id, e.event_no, e.event_id::text, e.event_type, e.actor_type, e.actor_id,
    e.payload::text, {_TIME.format("e.created_at")}, e.leaf, e.hash
"""
RECORD_COLUMNS = f"""
    x.tenant_id, x.exception_id, x.domain, x.type, x.source_system, x.entity, x.amount::text, x.currency,
    x.raw_payload::text, x.normalized_context::text, {_TIME.format("x.created_at")}, x.severity, x.status,
    {_TIME.format("x.sla_deadline")}, x.owner, x.current_playbook_id, x.current_step,
    {_TIME.format("x.resolved_at")}, {_TIME.format("x.updated_at")}, x.last_event_no, x.last_event_hash
"""

_BOUNDS = """
    SELECT tenant_id, exception_id
    FROM (SELECT tenant_id, exception_id, row_number() OVER (ORDER BY tenant_id, exception_id) AS number
          FROM exception AS x WHERE {scope}) AS numbered
    WHERE number %% {size} = 0 ORDER BY number
"""
_EVENTS = f"SELECT {EVENT_COLUMNS} FROM exception_event AS e WHERE {{range}} ORDER BY 1, 2, 3"  # noqa: S608
_RECORDS = f"""
    SELECT {RECORD_COLUMNS}, 0::bigint, decode(repeat('00', 32), 'hex'), NULL::text
    FROM exception AS x WHERE {{range}} ORDER BY 1, 2
"""  # noqa: S608

# Where a seal closed a chain it need not be read again: what comes behind it must follow from it.
_SEALED = """
    WITH sealed AS MATERIALIZED (
        SELECT DISTINCT ON (s.tenant_id, s.exception_id) s.tenant_id, s.exception_id, s.last_event_no, s.hash
        FROM event_seal_entry AS s
        WHERE {sealed_range} AND s.life = 1 + (
            SELECT count(*) FROM erasure AS r WHERE r.tenant_id = s.tenant_id AND r.exception_id = s.exception_id
        )
        ORDER BY s.tenant_id, s.exception_id, s.last_event_no DESC
    )
"""
_OPEN_EVENTS = f"""{_SEALED}
    SELECT {EVENT_COLUMNS} FROM exception_event AS e LEFT JOIN sealed AS s USING (tenant_id, exception_id)
    WHERE {{range}} AND e.event_no > coalesce(s.last_event_no, 0) ORDER BY 1, 2, 3
"""  # noqa: S608
_OPEN_RECORDS = f"""{_SEALED}
    SELECT {RECORD_COLUMNS}, coalesce(s.last_event_no, 0), coalesce(s.hash, decode(repeat('00', 32), 'hex')), (
        SELECT e.payload ->> 'record_digest' FROM exception_event AS e
        WHERE e.tenant_id = x.tenant_id AND e.exception_id = x.exception_id AND e.event_no <= s.last_event_no
          AND e.event_type IN ('ExceptionCreated', 'ExceptionUpdated')
        ORDER BY e.event_no DESC LIMIT 1
    )
    FROM exception AS x LEFT JOIN sealed AS s USING (tenant_id, exception_id)
    WHERE {{range}} AND (
        (x.last_event_no, x.last_event_hash) IS DISTINCT FROM (s.last_event_no, s.hash) OR EXISTS (
            SELECT FROM exception_event AS e
            WHERE e.tenant_id = x.tenant_id AND e.exception_id = x.exception_id AND e.event_no > s.last_event_no
        )
    )
    ORDER BY 1, 2
"""  # noqa: S608


class ChainRange(NamedTuple):
    """The keys (tenant, exception) after `after` up to and including `until`; None is open."""

    after: Key | None
    until: Key | None


class EventChainRepository(Repository):
    """Reads what verification compares; every range covers events without an exception too."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        super().__init__(connection, scope)
        self._driver = driver(connection)

    def ranges(self, size: int) -> list[ChainRange]:
        """All keys in scope, cut so that `size` exceptions lie in each range."""
        scope, parameters = self._range("x", ChainRange(None, None))
        bounds: list[Key] = self._driver.execute(_BOUNDS.format(scope=scope, size=size), parameters).fetchall()
        return [ChainRange(*pair) for pair in zip([None, *bounds], [*bounds, None], strict=True)]

    def records(self, wanted: ChainRange, *, since_seal: bool) -> Iterator[RecordRow]:
        """Exceptions by key; with `since_seal` those alone that the seals do not close, starting behind the last."""
        return map(RecordRow._make, self._stream(_OPEN_RECORDS if since_seal else _RECORDS, "x", wanted))

    def events(self, wanted: ChainRange, *, since_seal: bool) -> Iterator[EventRow]:
        """Events by key and number; with `since_seal` those alone that no seal closed."""
        return map(EventRow._make, self._stream(_OPEN_EVENTS if since_seal else _EVENTS, "e", wanted))

    def export_snapshot(self) -> str:
        """A name under which other transactions can see exactly what this one sees, while it lasts."""
        row = self._driver.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        return str(row[0])

    def _stream(self, query: str, table: str, wanted: ChainRange) -> Iterator[tuple[Any, ...]]:
        condition, parameters = self._range(table, wanted)
        sealed, more = self._range("s", wanted)
        text = query.format(range=condition, sealed_range=sealed)
        values = more + parameters if query.startswith(_SEALED) else parameters
        # The server prepares the next rows while these are being hashed; leaving waits for what was asked of it.
        with self._driver.cursor(name=f"chain_{table}", binary=True) as cursor, ThreadPoolExecutor(1) as ahead:
            cursor.execute(text, values)
            coming = ahead.submit(cursor.fetchmany, _FETCH)
            while rows := coming.result():
                coming = ahead.submit(cursor.fetchmany, _FETCH)
                yield from rows

    def _range(self, table: str, wanted: ChainRange) -> tuple[str, list[str]]:
        conditions, parameters = ["true"], []
        if isinstance(self._scope, TenantScope):
            conditions.append(f"{table}.tenant_id = %s")
            parameters.append(self._scope.tenant_id)
        for sign, key in ((">", wanted.after), ("<=", wanted.until)):
            if key is not None:
                conditions.append(f"({table}.tenant_id, {table}.exception_id) {sign} (%s, %s)")
                parameters += key
        return " AND ".join(conditions), parameters
