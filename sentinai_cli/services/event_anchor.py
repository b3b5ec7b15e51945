"""Anchoring seals in a file outside the database."""

import os
from datetime import datetime
from pathlib import Path

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.event_anchor import EventAnchor, EventAnchored, EventAnchoredList, read_anchors
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.tenant import require_tenant


def anchor_seals(
    database: Database, scope: TenantScope | AllTenants, file: Path, *, now: datetime
) -> EventAnchoredList:
    """Append the newest seal of each tenant in scope to the file, unless it says so already.

    What was written has reached the disk. Raises NotFound for an unknown tenant and when nothing was ever sealed,
    InvalidInput for a file that cannot be written or holds something else.
    """
    with database.begin(scope) as work:
        require_tenant(work, scope)
        seals = work.event_seals.newest()
        if not seals:
            raise NotFound("seal_not_found", "there is no seal to anchor", fix="sentinai events seal --all-tenants")
        try:
            held = file.read_bytes() if file.exists() else b""
            known = (
                {(anchor.tenant_id, anchor.hash) for anchor in read_anchors(held, name=str(file))} if held else set()
            )
            anchored = [
                EventAnchored(
                    tenant_id=seal.tenant_id,
                    seal_no=seal.seal_no,
                    hash=seal.hash,
                    epoch=seal.epoch,
                    sealed_at=seal.sealed_at,
                    anchored_at=now,
                    written=(seal.tenant_id, seal.hash) not in known,
                )
                for seal in seals
            ]
            _append(file, held, [item for item in anchored if item.written])
        except OSError as error:
            raise InvalidInput("file_unwritable", f"{file} cannot be written", why=error.strerror) from None
        written = sum(item.written for item in anchored)
        tenant_id = scope.tenant_id if isinstance(scope, TenantScope) else None
        work.record(Outcome.DONE if written else Outcome.UNCHANGED, tenant_id=tenant_id, after={"anchors": written})
    return EventAnchoredList.whole(anchored)


def _append(file: Path, held: bytes, anchors: list[EventAnchored]) -> None:
    lines = "".join(f"{anchor.model_dump_json(include=set(EventAnchor.model_fields))}\n" for anchor in anchors)
    if lines:
        with file.open("ab") as sink:
            sink.write((b"" if not held or held.endswith(b"\n") else b"\n") + lines.encode())
            sink.flush()
            os.fsync(sink.fileno())
