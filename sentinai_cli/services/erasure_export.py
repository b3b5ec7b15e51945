"""Writing down what is about to be erased: checked, whole on the disk, and never over anything that is there."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from itertools import count
from pathlib import Path
from uuid import UUID

from sentinai_cli.db.engine import Database
from sentinai_cli.models.erasure import (
    EVENTS,
    EXCEPTIONS,
    HEADS,
    MANIFEST,
    ErasureManifest,
    ErasurePurpose,
)
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.services.erasure_directory import LineFile, draft_of, new_directory, write_document
from sentinai_cli.services.erasure_record import envelope, exported, head_of, require_whole

BATCH = 500
"""Exceptions that are read, or erased, in one transaction."""

Advance = Callable[[int], None]


def export_due(
    database: Database,
    place: Path,
    tenant_id: str,
    *,
    purpose: ErasurePurpose,
    cutoff: datetime | None,
    operation_id: UUID,
    now: datetime,
    advance: Advance,
) -> Path:
    """Write every due exception that is not held, with its events, into a new directory in `place`; that directory.

    It appears only when all of it has reached the disk. Each exception is as of one moment, not all of one. Raises
    CheckFailed when one's chain does not hold: what was tampered with is evidence, and is not to be erased.
    Raises InvalidInput when nothing can be written there, Conflict for a name that is taken.
    """
    final = _free_name(place, f"{tenant_id}.{now:%Y%m%dT%H%M%SZ}.{operation_id.hex[-8:]}")
    with new_directory(final) as draft, ExitStack() as written:
        files = [written.enter_context(LineFile(draft / name)) for name in (EXCEPTIONS, EVENTS, HEADS)]
        exceptions, events, heads = files
        after = ""
        while True:
            with database.begin(TenantScope(tenant_id), read_only=True) as work:
                made_at = work.database_info.made_at()
                ids = work.retentions.due(tenant_id, cutoff, after=after, most=BATCH)
                if not ids:
                    break
                logs = work.retentions.events(tenant_id, ids)
                for row in work.retentions.exceptions(tenant_id, ids):
                    log = logs.get(row["exception_id"], [])
                    require_whole(row, log)
                    exceptions.add(exported(row))
                    for event in log:
                        events.add(envelope(event))
                    heads.add(head_of(row))
            after = ids[-1]
            advance(len(ids))
        manifest = ErasureManifest(
            purpose=purpose,
            tenant_id=tenant_id,
            database=made_at,
            operation_id=operation_id,
            actor=database.context.actor,
            reason=database.context.reason,
            cutoff=cutoff,
            exceptions=exceptions.lines,
            events=events.lines,
            files=tuple(file.finish() for file in files),
            exported_at=now,
            tool_version=database.context.tool_version,
        )
        write_document(draft / MANIFEST, manifest)
    return final


def _free_name(place: Path, name: str) -> Path:
    """An operation may need more than one export in a second, and what a killed run left is not touched."""
    numbers = count(2)
    final = place / name
    while final.exists() or draft_of(final).exists():
        final = place / f"{name}.{next(numbers)}"
    return final
