"""The last transaction of a purge, and the receipt that it leaves."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from sentinai_cli.db.engine import Database
from sentinai_cli.db.repositories.tenant_purge import purged_tables
from sentinai_cli.errors import Conflict, InvalidInput
from sentinai_cli.models.erasure import MANIFEST
from sentinai_cli.models.legal_hold import under_hold
from sentinai_cli.models.scope import Maintenance
from sentinai_cli.models.tenant_purge import PurgedTable, PurgeExport, PurgeReceipt, TenantPurge, TenantPurged
from sentinai_cli.services.erasure import Export
from sentinai_cli.services.erasure_directory import (
    create,
    draft_of,
    give_name,
    sha256_of,
    sync_directory,
    write_document,
)

REASON = "tenant purge"


def bury(database: Database, entry: TenantPurge, exports: list[Export]) -> TenantPurge:
    """Delete what is left of the tenant but its id, written into the last export before, and close the entry.

    Raises Refused when a hold was placed meanwhile, Conflict when exceptions came, or what was written differs.
    """
    tenant_id = entry.tenant_id
    place = exports[-1].place if exports else None
    with database.begin(Maintenance(REASON)) as work:
        work.erasures.enter(tenant_id)
        work.legal_holds.keep_out(tenant_id)
        if held := work.legal_holds.on_tenant(tenant_id):
            raise under_hold(held[0])
        work.tenant_purges.lock(tenant_id)
        if work.retentions.due(tenant_id, None, after="", most=1):
            raise Conflict(
                "changed_meanwhile",
                f"something was added to {tenant_id} while it was purged",
                fix=f"sentinai tenants purge {tenant_id}",
            )
        work.tenant_purges.open_door(tenant_id)
        gone = list(work.tenant_purges.erased(tenant_id, entry.operation_id))
        for name in purged_tables():
            digest = _kept(place and place / f"{name}.jsonl", work.tenant_purges.lines(name, tenant_id))
            gone.append(PurgedTable(table=name, rows=work.tenant_purges.delete(name, tenant_id), sha256=digest))
        if place is not None:
            sync_directory(place)
        receipt = PurgeReceipt(
            tenant_id=tenant_id,
            operation_id=entry.operation_id,
            reason=entry.reason,
            tables=tuple(sorted(gone, key=lambda table: table.table)),
            exports=tuple(
                PurgeExport(directory=str(one.place), manifest_sha256=sha256_of(one.place / MANIFEST))
                for one in exports
            ),
        )
        work.tenant_purges.finish(receipt)
        work.record(
            tenant_id=tenant_id,
            before={"begun_by": str(entry.operation_id), "rows": entry.rows_before},
            after={
                "rows": {table.table: table.rows for table in receipt.tables},
                "manifests": [one.manifest_sha256 for one in receipt.exports],
            },
        )
        finished = work.tenant_purges.get(tenant_id)
        assert finished is not None
        return finished


def receipt_of(entry: TenantPurge, place: Path, *, purged: bool) -> TenantPurged:
    """The receipt of a finished purge, written into `place` unless it is there. Raises InvalidInput if it cannot be."""
    assert entry.receipt is not None
    assert entry.finished_at is not None
    file = place / f"{entry.tenant_id}.purged.json"
    result = TenantPurged(
        **entry.receipt.model_dump(),
        purged=purged,
        file=str(file),
        started_at=entry.started_at,
        finished_at=entry.finished_at,
    )
    if not file.exists():
        try:
            place.mkdir(parents=True, exist_ok=True)
            write_document(file, result)
        except OSError as error:
            raise InvalidInput("file_unwritable", f"{file} cannot be written", why=error.strerror) from None
    return result


def _kept(path: Path | None, lines: Iterable[bytes]) -> str:
    """The digest of the lines, which are in the file when this returns."""
    digest = hashlib.sha256()
    if path is None:
        for line in lines:
            digest.update(line)
        return digest.hexdigest()
    draft = draft_of(path)
    draft.unlink(missing_ok=True)
    with create(draft) as file:
        for line in lines:
            digest.update(line)
            file.write(line)
        file.flush()
        os.fsync(file.fileno())
    if path.exists() and sha256_of(path) == digest.hexdigest():
        draft.unlink()  # an earlier try came as far as this
    else:
        give_name(draft, path)
    return digest.hexdigest()
