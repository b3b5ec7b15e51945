"""Loading exceptions with their events: COPY into staging, then key-sorted inserts that never touch existing rows.

COPY cannot write into a table under row-level security, hence the staging tables. Sorting by key keeps concurrent
loads from deadlocking. Events follow only the exceptions that were inserted: an existing one keeps its own history.
"""

from collections.abc import Iterable

import psycopg

from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.exception import NewException

_EXCEPTION = """
    tenant_id, exception_id, domain, type, severity, status, source_system, entity, amount, currency, sla_deadline,
    owner, current_playbook_id, current_step, raw_payload, normalized_context, source_digest, created_at, updated_at,
    resolved_at, last_event_no, last_event_hash
"""
_EVENT = """
    tenant_id, exception_id, event_no, event_id, event_type, actor_type, actor_id, payload, created_at, leaf, hash
"""


_INSERT = f"""
    WITH added AS (
        INSERT INTO exception ({_EXCEPTION})
        SELECT {_EXCEPTION} FROM staged_exception WHERE tenant_id = %s ORDER BY tenant_id, exception_id
        ON CONFLICT (tenant_id, exception_id) DO NOTHING
        RETURNING tenant_id, exception_id
    ), told AS (
        INSERT INTO exception_event ({_EVENT})
        SELECT {_EVENT} FROM staged_event JOIN added USING (tenant_id, exception_id)
        ORDER BY tenant_id, exception_id, event_no
    )
    SELECT count(*) FROM added
"""  # noqa: S608 - made of the two constants above


def load(connection: psycopg.Connection, tenant_id: str, records: Iterable[NewException]) -> int:
    """Insert one tenant's records that are not there yet; how many were inserted. Inside the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE staged_exception (LIKE exception) ON COMMIT DROP")
        cursor.execute("CREATE TEMP TABLE staged_event (LIKE exception_event) ON COMMIT DROP")
        cursor.execute("ALTER TABLE staged_exception ALTER severity_rank DROP NOT NULL")
        cursor.execute("ALTER TABLE staged_event ALTER xid DROP NOT NULL")
        staged = list(records)
        with cursor.copy(f"COPY staged_exception ({_EXCEPTION}) FROM STDIN") as copy:
            for record in staged:
                copy.write_row(_exception_row(record))
        with cursor.copy(f"COPY staged_event ({_EVENT}) FROM STDIN") as copy:
            for record in staged:
                for row in _event_rows(record):
                    copy.write_row(row)
        cursor.execute(_INSERT, [tenant_id])
        counted = cursor.fetchone()
        assert counted is not None
        cursor.execute("DROP TABLE staged_exception, staged_event")
        return int(counted[0])


def _exception_row(record: NewException) -> tuple[object, ...]:
    head = record.events[-1]
    return (
        record.tenant_id,
        record.exception_id,
        record.domain,
        record.type,
        record.severity.value,
        record.status.value,
        record.source_system,
        record.entity,
        record.amount,
        record.currency,
        record.sla_deadline,
        record.owner,
        record.current_playbook_id,
        record.current_step,
        _json(record.raw_payload),
        _json(record.normalized_context),
        record.source_digest,
        record.created_at,
        record.updated_at,
        record.resolved_at,
        head.event_no,
        head.hash,
    )


def _event_rows(record: NewException) -> list[tuple[object, ...]]:
    return [
        (
            record.tenant_id,
            record.exception_id,
            event.event_no,
            event.event_id,
            event.event_type.value,
            event.actor_type.value,
            event.actor_id,
            _json(event.payload),
            event.created_at,
            event.leaf,
            event.hash,
        )
        for event in record.events
    ]


def _json(document: dict[str, object]) -> str:
    return canonical_bytes(document).decode()
