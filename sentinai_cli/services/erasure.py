"""Erasing what an export says, batch by batch, until its receipt is written."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import CheckFailed, InvalidInput
from sentinai_cli.models.erasure import (
    HEADS,
    MANIFEST,
    RECEIPT,
    ErasureManifest,
    ErasurePurpose,
    ErasureReceipt,
    ExportedHead,
)
from sentinai_cli.models.scope import AllTenants, Maintenance
from sentinai_cli.services import erasure_export
from sentinai_cli.services.erasure_directory import sha256_of, write_document

Advance = Callable[[int], None]


class Export(NamedTuple):
    """An export on the disk."""

    place: Path
    manifest: ErasureManifest


def open_export(place: Path) -> Export:
    """An export whose files are those of its manifest. Raises CheckFailed when they are not."""
    try:
        manifest = ErasureManifest.model_validate_json((place / MANIFEST).read_bytes())
        wrong = [file.name for file in manifest.files if sha256_of(place / file.name) != file.sha256]
    except (OSError, ValidationError) as error:
        raise CheckFailed("export_damaged", f"the export {place} cannot be read", why=type(error).__name__) from None
    if wrong:
        raise CheckFailed(
            "export_damaged", f"{place / wrong[0]} is not what its manifest says", why="nothing more is erased by it"
        )
    return Export(place, manifest)


def unfinished_exports(database: Database, place: Path, tenant_id: str, purpose: ErasurePurpose) -> list[Export]:
    """The exports of this tenant, purpose and database in `place` that have no receipt yet, oldest first."""
    with database.begin(AllTenants(), read_only=True) as work:
        made_at = work.database_info.made_at()
    return [
        open_export(found.place)
        for found in exports_in(place, tenant_id)
        if (found.manifest.purpose, found.manifest.database) == (purpose, made_at)
        and not (found.place / RECEIPT).exists()
    ]


def exports_in(place: Path, tenant_id: str) -> list[Export]:
    """The exports of a tenant in a directory, oldest first, of whatever database; only their manifests are read."""
    try:
        found = sorted(place.glob(f"{tenant_id}.*/{MANIFEST}")) if place.is_dir() else []
        exports = [Export(path.parent, ErasureManifest.model_validate_json(path.read_bytes())) for path in found]
    except (OSError, ValidationError) as error:
        raise InvalidInput(
            "export_unreadable", f"an export in {place} cannot be read", why=type(error).__name__
        ) from None
    return [export for export in exports if export.manifest.tenant_id == tenant_id]


def erase_exported(
    database: Database, export: Export, *, cutoff: datetime | None, reason: str, advance: Advance
) -> ErasureReceipt:
    """Erase what the export holds and is still as it was exported, due and not held; write the receipt.

    Bounded transactions, in the order of keys. Whatever an earlier try under the same operation erased counts too.
    Raises Refused when the owner's rights are not to be had.
    """
    manifest = export.manifest
    erased = events = held = present = 0
    for batch in _batches(export.place / HEADS):
        heads = [(head.exception_id, bytes.fromhex(head.hash)) for head in batch]
        ids = [name for name, _ in heads]
        with database.begin(Maintenance(reason)) as work:
            work.erasures.enter(manifest.tenant_id)
            work.legal_holds.keep_out(manifest.tenant_id)
            still = work.retentions.still(manifest.tenant_id, cutoff, heads)
            holds = work.legal_holds.on_exceptions(manifest.tenant_id, still)
            kept = {hold.exception_id for hold in holds}
            free = [] if None in kept else [name for name in still if name not in kept]
            if free:
                work.erasures.erase(manifest.tenant_id, free, reason=reason, operation_id=manifest.operation_id)
            gone = work.erasures.recorded(manifest.tenant_id, ids, manifest.operation_id)
        erased, events = erased + gone.exceptions, events + gone.events
        held, present = held + len(still) - len(free), present + len(ids)
        advance(len(ids))
    receipt = ErasureReceipt(
        tenant_id=manifest.tenant_id,
        operation_id=manifest.operation_id,
        manifest_sha256=sha256_of(export.place / MANIFEST),
        exceptions=erased,
        events=events,
        held=held,
        changed=present - erased - held,
        finished_at=datetime.now(UTC),
        tool_version=database.context.tool_version,
    )
    write_document(export.place / RECEIPT, receipt)
    return receipt


def _batches(path: Path) -> Iterator[list[ExportedHead]]:
    with path.open("rb") as lines:
        while batch := [ExportedHead.model_validate_json(line) for line in islice(lines, erasure_export.BATCH)]:
            yield batch
