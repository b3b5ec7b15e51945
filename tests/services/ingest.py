"""Records to ingest, a tenant that takes them, and an ingest of bytes."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sentinai_cli.db.engine import Database
from sentinai_cli.models.exception import ExceptionFilter
from sentinai_cli.models.exception_ingest import IngestFormat, IngestRequest, IngestResult
from sentinai_cli.models.exception_record import ExceptionRecord, ExceptionRecordList
from sentinai_cli.models.pack_version import PackKind, PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.render.show import show
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.exception import export_exceptions
from sentinai_cli.services.exception_ingest import ingest
from sentinai_cli.services.exception_ingest_reject import RejectFile
from sentinai_cli.services.pack_activation import activate_pack
from tests.services.packs import traders

TENANT = "TENANT_A"
NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def make_tenant(database: Database, *tenant_ids: str) -> None:
    """Tenants of the domain Trading: CASH_BREAK is low in USD, else medium; SETTLEMENT_FAIL is high."""
    traders(database, *tenant_ids)
    for tenant_id in tenant_ids:
        activate_pack(database, tenant_id, PackReference(kind=PackKind.DOMAIN, name="Trading"))


def trade(number: int, **changes: Any) -> dict[str, Any]:
    """Record `number`; what is None stays null, what is ... is left out."""
    record = {
        "exceptionId": f"EX-{number:06d}",
        "sourceSystem": "Ledger",
        "exceptionType": "CASH_BREAK",
        "timestamp": f"2025-03-01T09:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "amount": "10.50",
        "currency": "EUR",
        "rawPayload": {"number": number, "currency": "EUR"},
        **changes,
    }
    return {name: value for name, value in record.items() if value is not ...}


def as_lines(records: Sequence[object]) -> bytes:
    """JSON lines."""
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def take(
    database: Database,
    records: Sequence[object] | bytes,
    *,
    format: str = "jsonl",
    rejects: Path | None = None,
    tenant_id: str = TENANT,
    now: datetime = NOW,
    **options: Any,
) -> IngestResult:
    """Ingest records, or the bytes of a file."""
    data = records if isinstance(records, bytes) else as_lines(records)
    request = IngestRequest(tenant_id=tenant_id, source="the test", format=IngestFormat(format), **options)
    if rejects is None:
        return ingest(database, request, io.BytesIO(data), now=now, rejects=None, advance=lambda _: None)
    with RejectFile(rejects, "the test") as file:
        return ingest(database, request, io.BytesIO(data), now=now, rejects=file, advance=lambda _: None)


def counts(result: IngestResult) -> tuple[int, int, int, int]:
    """Created, updated, unchanged, rejected."""
    return result.created, result.updated, result.unchanged, result.rejected


def exported(database: Database, tenant_id: str = TENANT, source: str | None = None) -> list[ExceptionRecord]:
    """What an export of the tenant gives."""
    chosen = ExceptionFilter(sources=() if source is None else (source,))
    return list(export_exceptions(database, TenantScope(tenant_id), chosen))


def written(records: Sequence[ExceptionRecord], format: str) -> bytes:
    """An export as the command writes it."""
    out = io.StringIO()
    show(ExceptionRecordList.whole(records), output=format, fields=(), stream=out, at=NOW)
    return out.getvalue().encode()


def assert_whole(database: Database) -> None:
    """Every chain is intact, and every row is what its events say."""
    found = verify_events(database, AllTenants(), advance=lambda _: None)
    assert (found.broken, found.breaks) == (0, ())
