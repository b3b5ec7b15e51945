"""Purging a tenant: all that it has goes, written down before; its id stays taken, and its log still verifies."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, Refused
from sentinai_cli.models.database import Environment
from sentinai_cli.models.erasure import ErasurePurpose
from sentinai_cli.models.legal_hold import under_hold
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants, Maintenance, TenantScope
from sentinai_cli.models.tenant import TenantStatus
from sentinai_cli.models.tenant_purge import TableRows, TenantPurge, TenantPurged, TenantPurgePlan
from sentinai_cli.services import erasure_export
from sentinai_cli.services.erasure import Export, erase_exported, exports_in, open_export, unfinished_exports
from sentinai_cli.services.erasure_export import export_due
from sentinai_cli.services.tenant import unknown_tenant
from sentinai_cli.services.tenant_burial import bury, receipt_of

REASON = "tenant purge"

Advance = Callable[[int], None]


def plan_purge(database: Database, tenant_id: str) -> TenantPurgePlan:
    """What a purge would take. Read-only. Raises NotFound."""
    with database.begin(TenantScope(tenant_id), read_only=True) as work:
        tenant = work.tenants.get(tenant_id)
        if tenant is None:
            raise unknown_tenant(tenant_id)
        counts = work.tenant_purges.counts(tenant_id)
        holds = work.legal_holds.on_tenant(tenant_id)
    return TenantPurgePlan(
        tenant_id=tenant_id,
        name=tenant.name,
        tables=tuple(TableRows(table=name, rows=rows) for name, rows in counts.items()),
        holds=len(holds),
    )


def check_purge(database: Database, tenant_id: str, *, exports: bool) -> None:
    """Raise what keeps a tenant from being purged.

    Refused on production and where a legal hold covers anything of it; InvalidInput when nothing is to be exported and
    no reason is given; NotFound.
    """
    if not exports and not (database.context.reason or "").strip():
        raise InvalidInput(
            "reason_needed", "a purge without an export needs a reason", why="give --reason with --no-export"
        )
    with database.begin(AllTenants(), read_only=True) as work:
        if work.database_info.environment() is Environment.PRODUCTION:
            raise Refused(
                "production_protected",
                f"{database.url.shown} is marked production: no tenant is purged there",
                fix="sentinai status",
            )
        if work.tenants.get(tenant_id) is None:
            raise unknown_tenant(tenant_id)
        if held := work.legal_holds.on_tenant(tenant_id):
            raise under_hold(held[0])


def purge_tenant(
    database: Database, tenant_id: str, place: Path, *, exports: bool, now: datetime, advance: Advance
) -> TenantPurged:
    """Export all that the tenant has into `place`, unless not asked to, erase it, and leave a receipt there.

    Until it is finished the tenant is archived and cannot be activated. Killed anywhere and repeated, it goes on where
    it was; of a tenant that is purged already, only a missing receipt is written again. `advance` hears of exceptions
    exported, and again of exceptions erased. Raises as `check_purge`, and CheckFailed when a chain does not hold.
    """
    check_purge(database, tenant_id, exports=exports)
    with database.begin(TenantScope(tenant_id), read_only=True) as work:
        entry = work.tenant_purges.get(tenant_id)
    if entry is not None and entry.finished_at is not None:
        with database.begin(AllTenants()) as work:
            work.record(Outcome.UNCHANGED, tenant_id=tenant_id, after={"begun_by": str(entry.operation_id)})
        return receipt_of(entry, place, purged=False)
    entry = entry or _begin(database, tenant_id)
    written = _export_and_erase(database, entry, place, now, advance) if exports else _erase(database, entry, advance)
    return receipt_of(bury(database, entry, written), place, purged=True)


def _begin(database: Database, tenant_id: str) -> TenantPurge:
    with database.begin(Maintenance(REASON)) as work:
        work.erasures.enter(tenant_id)
        work.tenant_purges.lock(tenant_id)
        work.tenants.set_status(tenant_id, TenantStatus.ARCHIVED)
        rows = work.tenant_purges.counts(tenant_id)
        operation_id = work.record(tenant_id=tenant_id, before={"rows": rows})
        context = work.context
        work.tenant_purges.begin(tenant_id, operation_id, reason=context.reason, by=context.actor, rows=rows)
        entry = work.tenant_purges.get(tenant_id)
        assert entry is not None
        return entry


def _export_and_erase(
    database: Database, entry: TenantPurge, place: Path, now: datetime, advance: Advance
) -> list[Export]:
    tenant_id, reason = entry.tenant_id, entry.reason or REASON
    for left in unfinished_exports(database, place, tenant_id, ErasurePurpose.PURGE):
        if left.manifest.operation_id == entry.operation_id:
            erase_exported(database, left, cutoff=None, reason=reason, advance=advance)
    while _is_anything_left(database, tenant_id) or not _own(place, entry):
        made = export_due(
            database,
            place,
            tenant_id,
            purpose=ErasurePurpose.PURGE,
            cutoff=None,
            operation_id=entry.operation_id,
            now=now,
            advance=advance,
        )
        erase_exported(database, open_export(made), cutoff=None, reason=reason, advance=advance)
    return _own(place, entry)


def _erase(database: Database, entry: TenantPurge, advance: Advance) -> list[Export]:
    after = ""
    while True:
        with database.begin(Maintenance(REASON)) as work:
            work.erasures.enter(entry.tenant_id)
            ids = work.retentions.due(entry.tenant_id, None, after=after, most=erasure_export.BATCH)
            if not ids:
                return []
            reason = entry.reason or REASON
            work.erasures.erase(entry.tenant_id, ids, reason=reason, operation_id=entry.operation_id)
        after = ids[-1]
        advance(2 * len(ids))


def _is_anything_left(database: Database, tenant_id: str) -> bool:
    with database.begin(TenantScope(tenant_id), read_only=True) as work:
        return bool(work.retentions.due(tenant_id, None, after="", most=1))


def _own(place: Path, entry: TenantPurge) -> list[Export]:
    return [one for one in exports_in(place, entry.tenant_id) if one.manifest.operation_id == entry.operation_id]
