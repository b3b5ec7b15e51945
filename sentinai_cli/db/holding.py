"""What a database holds at a glance: each answer from an index, each count with an end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from sentinai_cli.db.failure import translated
from sentinai_cli.db.queries import query
from sentinai_cli.db.roles import OPERATOR
from sentinai_cli.models.exception import Status
from sentinai_cli.models.status import Holdings, SealStanding

FEW_TENANTS = 5
FEW_OPERATIONS = 3
_ALL_COUNTED = 100_000


def holdings(connection: psycopg.Connection, *, at: datetime) -> Holdings:
    """What there is, in the scope of all tenants; deadlines are judged at `at`. Raises one of our errors.

    `connection` is in a transaction, which keeps its role.
    """
    with translated(), _across_tenants(connection):
        count = _rows(connection, "SELECT count(*) AS count FROM tenant")[0]["count"]
        cap = min(10_000, max(100, _ALL_COUNTED // max(1, count)))
        seals = _rows(connection, query("health_seal"))
        sealed = [row["sealed_at"] for row in seals if row["sealed_at"] is not None]
        statuses = [status.value for status in (Status.OPEN, Status.ANALYZING, Status.ESCALATED, Status.RESOLVED)]
        values = {"at": at, "cap": cap, "few": FEW_TENANTS, "statuses": statuses}
        tenants = [
            {**row, "exceptions": {status: row["exceptions"][status] for status in statuses}}
            for row in _rows(connection, query("status_tenant"), values)
        ]
        exceptions = _rows(connection, query("status_exception"))
        events = _rows(connection, query("status_event"))
        found = {
            "tenant_count": count,
            "counted_to": cap,
            "tenants": tenants,
            "newest_exception": exceptions[0] if exceptions else None,
            "newest_event": events[0] if events else None,
            "seals": SealStanding(newest=max(sealed, default=None), waiting=sum(row["waiting"] for row in seals)),
            "packs": _rows(connection, query("status_pack")),
            "operations": _rows(connection, query("status_operation"), {"few": FEW_OPERATIONS}),
        }
    return Holdings.model_validate(found)


@contextmanager
def _across_tenants(connection: psycopg.Connection) -> Iterator[None]:
    with connection.transaction(force_rollback=True):
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OPERATOR)))
        yield


def _rows(connection: psycopg.Connection, text: str, values: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    return connection.cursor(row_factory=dict_row).execute(text, values or {}).fetchall()
