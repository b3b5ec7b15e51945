"""Reading the log beside its exceptions, in ranges of keys, for verification.

Rows travel as the bytes that the database prints; what becomes no object costs a third. A range is small enough to
hold its exceptions; its events are read some at a time, and a document that is large for itself comes on its own, so
that memory follows neither the length of a chain nor what was written into it. Nothing here needs SQLAlchemy: the
processes that share a verification start in a fraction of the time without it.
"""

from collections.abc import Generator
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import psycopg
from psycopg.types.string import ByteaBinaryLoader

from sentinai_cli.models.event_row import EventRow, RawRow, RecordRow
from sentinai_cli.models.scope import Scope, TenantScope

Key = tuple[str, str]
Cursor = TypeVar("Cursor", psycopg.Cursor[Any], psycopg.ServerCursor[Any])

_AT_PAYLOAD = EventRow._fields.index("payload")
_AT_DOCUMENTS = RecordRow._fields.index("raw_payload")
_TOGETHER = 500
"""Rows that are handed on at once."""
_CHUNK = 100 if psycopg.pq.version() >= 170000 else 1
"""Rows of which libpq makes one result; older ones make each row one."""
_LARGE = 8000
"""Bytes, as stored, beyond which a document does not travel with its row."""

_TIME = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
_EVENT = f"""
    e.tenant_id, e.exception_id, e.event_no, e.event_id::text, e.event_type, e.actor_type, e.actor_id, {{payload}},
    {_TIME.format("e.created_at")}, e.leaf, e.hash
"""
_RECORD = f"""
    x.tenant_id, x.exception_id, x.domain, x.type, x.source_system, x.entity, x.amount::text, x.currency,
    {{raw_payload}}, {{normalized_context}}, {_TIME.format("x.created_at")}, {{state}}, x.last_event_no,
    x.last_event_hash
"""
_STATE = f"""
    x.severity, x.status, {_TIME.format("x.sla_deadline")}, x.owner, x.current_playbook_id, x.current_step,
    {_TIME.format("x.resolved_at")}, {_TIME.format("x.updated_at")}
"""
_NO_STATE = ", ".join(["NULL::text"] * 8)
_DOCUMENTS = {"raw_payload": "x.raw_payload::text", "normalized_context": "x.normalized_context::text"}
EVENT_COLUMNS = _EVENT.format(payload="e.payload::text")
RECORD_COLUMNS = _RECORD.format(**_DOCUMENTS, state=_STATE)


def _unless_large(column: str) -> str:
    return f"CASE WHEN pg_column_size({column}) <= {_LARGE} THEN {column}::text END"


_LIGHT_EVENT = _EVENT.format(payload=_unless_large("e.payload"))
_LIGHT_RECORD = _RECORD.format(
    raw_payload=_unless_large("x.raw_payload"),
    normalized_context=_unless_large("x.normalized_context"),
    state="{state}",
)
_EVENTS = f"SELECT {_LIGHT_EVENT} FROM exception_event AS e WHERE {{range}} ORDER BY 1, 2, 3"  # noqa: S608
_RECORDS = f"""
    SELECT {_LIGHT_RECORD}, 0::bigint, decode(repeat('00', 32), 'hex'), NULL::text
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
    SELECT {_LIGHT_EVENT} FROM exception_event AS e LEFT JOIN sealed AS s USING (tenant_id, exception_id)
    WHERE {{range}} AND e.event_no > coalesce(s.last_event_no, 0) ORDER BY 1, 2, 3
"""  # noqa: S608
_OPEN_RECORDS = f"""{_SEALED}
    SELECT {_LIGHT_RECORD}, coalesce(s.last_event_no, 0), coalesce(s.hash, decode(repeat('00', 32), 'hex')), (
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
_PAYLOAD = """
    SELECT payload::text FROM exception_event WHERE tenant_id = %s AND exception_id = %s AND event_no = %s
"""
_RECORD_DOCUMENTS = f"""
    SELECT {", ".join(_DOCUMENTS.values())} FROM exception AS x WHERE x.tenant_id = %s AND x.exception_id = %s
"""  # noqa: S608


class ChainRange(NamedTuple):
    """The keys (tenant, exception) after `after` up to and including `until`; None is open."""

    after: Key | None
    until: Key | None


class EventReader:
    """Reads ranges in a transaction of its scope; every range covers events without an exception too."""

    def __init__(self, connection: psycopg.Connection, scope: Scope) -> None:
        self._connection = connection
        self._tenant = scope.tenant_id if isinstance(scope, TenantScope) else None

    def records(self, wanted: ChainRange, *, since_seal: bool, stateless: bool = False) -> list[RawRow]:
        """Exceptions by key; with `since_seal` those alone that the seals do not close, starting behind the last.

        `stateless` has NULL for the columns that their events decide.
        """
        text, values = self._query(_OPEN_RECORDS if since_seal else _RECORDS, "x", wanted, stateless=stateless)
        with _raw(self._connection.cursor(binary=True)) as cursor:
            return cursor.execute(text, values).fetchall()

    def events(self, wanted: ChainRange, *, since_seal: bool) -> Generator[list[RawRow], None, None]:
        """Events by key and number, some at a time; with `since_seal` those alone that no seal closed.

        The server goes on while those that came are looked at, and can be asked nothing else until the end; leaving
        before the end aborts the transaction.
        """
        text, values = self._query(_OPEN_EVENTS if since_seal else _EVENTS, "e", wanted)
        with _raw(self._connection.cursor(binary=True)) as cursor:
            rows = cursor.stream(text, values, size=_CHUNK)
            while some := list(islice(rows, _TOGETHER)):
                yield some

    def events_slowly(self, wanted: ChainRange, *, since_seal: bool) -> Generator[RawRow, None, None]:
        """The same events one by one, each whole."""
        text, values = self._query(_OPEN_EVENTS if since_seal else _EVENTS, "e", wanted)
        with _raw(self._connection.cursor(name="event_chain", binary=True)) as cursor:
            cursor.execute(text, values)
            while rows := cursor.fetchmany(_TOGETHER):
                yield from map(self.whole_event, rows)

    def payload(self, event: RawRow) -> bytes:
        """The payload of an event, however large."""
        number = int.from_bytes(event[2], "big", signed=True)
        (payload,) = self._one(_PAYLOAD, (_text(event[0]), _text(event[1]), number))
        return payload

    def documents(self, record: RawRow) -> tuple[bytes, bytes]:
        """Raw payload and normalized context of an exception, however large."""
        raw, context = self._one(_RECORD_DOCUMENTS, (_text(record[0]), _text(record[1])))
        return raw, context

    def whole_event(self, event: RawRow) -> RawRow:
        """The event with its payload, if that did not travel along."""
        return event if event[_AT_PAYLOAD] is not None else _placed(event, _AT_PAYLOAD, self.payload(event))

    def whole_record(self, record: RawRow) -> RawRow:
        """The exception with its documents, if one did not travel along."""
        if None not in record[_AT_DOCUMENTS : _AT_DOCUMENTS + 2]:
            return record
        return _placed(record, _AT_DOCUMENTS, *self.documents(record))

    def scope(self, table: str) -> tuple[str, list[str]]:
        """The condition that keeps a statement on `table` inside the scope, with its parameters."""
        return ("true", []) if self._tenant is None else (f"{table}.tenant_id = %s", [self._tenant])

    def _one(self, query: str, key: tuple[str | int, ...]) -> tuple[bytes, ...]:
        with _raw(self._connection.cursor(binary=True)) as cursor:
            row: tuple[bytes, ...] | None = cursor.execute(query, key).fetchone()
        assert row is not None
        return row

    def _query(self, query: str, table: str, wanted: ChainRange, *, stateless: bool = False) -> tuple[str, list[str]]:
        condition, parameters = self._range(table, wanted)
        sealed, more = self._range("s", wanted)
        values = more + parameters if query.startswith(_SEALED) else parameters
        return query.format(range=condition, sealed_range=sealed, state=_NO_STATE if stateless else _STATE), values

    def _range(self, table: str, wanted: ChainRange) -> tuple[str, list[str]]:
        condition, parameters = self.scope(table)
        for sign, key in ((">", wanted.after), ("<=", wanted.until)):
            if key is not None:
                condition += f" AND ({table}.tenant_id, {table}.exception_id) {sign} (%s, %s)"
                parameters += key
        return condition, parameters


def _text(value: bytes) -> str:
    return value.decode()


def _placed(row: RawRow, at: int, *values: bytes) -> RawRow:
    return (*row[:at], *values, *row[at + len(values) :])


def _raw(cursor: Cursor) -> Cursor:
    """The cursor, which hands every value on as the bytes that came."""
    for kind in ("text", "bytea", "int4", "int8"):
        cursor.adapters.register_loader(kind, ByteaBinaryLoader)
    return cursor
