"""Many exceptions at once, made by the server, for checks that count and do not look inside."""

from datetime import datetime

import psycopg

_MANY = """
    INSERT INTO exception (
        tenant_id, exception_id, domain, type, severity, status, source_system, sla_deadline, raw_payload,
        normalized_context, source_digest, created_at, updated_at, last_event_no, last_event_hash)
    SELECT %(tenant)s, %(prefix)s || n, 'Finance', 'CASH_BREAK', 'high', 'open', 'Ledger', %(deadline)s, '{}', '{}',
           decode(repeat('00', 32), 'hex'), made, made, 1, decode(repeat('00', 32), 'hex')
    FROM generate_series(1, %(count)s) AS n,
         LATERAL (SELECT %(start)s::timestamptz + n * (%(end)s::timestamptz - %(start)s) / %(count)s) AS at(made)
"""
_TENANT = "INSERT INTO tenant (tenant_id, name, domain) VALUES (%s, %s, 'Finance') ON CONFLICT DO NOTHING"


def many(
    admin: psycopg.Connection,
    tenant: str,
    count: int,
    *,
    start: datetime,
    end: datetime,
    deadline: datetime | None = None,
    prefix: str = "EX-",
) -> None:
    """Add open exceptions of a tenant, made at even distances after `start` and up to `end`."""
    admin.execute(_TENANT, [tenant, tenant])
    values = {"tenant": tenant, "count": count, "start": start, "end": end, "deadline": deadline, "prefix": prefix}
    admin.execute(_MANY, values)
