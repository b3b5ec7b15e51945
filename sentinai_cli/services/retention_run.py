"""Letting go of what is beyond its time to live: exported first, then erased."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Refused
from sentinai_cli.models.database import Environment
from sentinai_cli.models.erasure import ErasurePurpose
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.retention import RetentionDone, RetentionItem, RetentionPlan, RetentionRun
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.erasure import Export, erase_exported, open_export, unfinished_exports
from sentinai_cli.services.erasure_export import export_due

REASON = "retention"

Advance = Callable[[int], None]


def check_retention(database: Database, plan: RetentionPlan) -> None:
    """Raise Refused when more would go on production than a tenant's own policy says."""
    early = [item for item in plan.items if item.is_early and item.candidates]
    if not early:
        return
    with database.begin(AllTenants(), read_only=True) as work:
        mark = work.database_info.environment()
    if mark is Environment.PRODUCTION:
        first = early[0]
        raise Refused(
            "sooner_than_policy",
            f"the policy of {first.tenant_id} keeps what was resolved for {first.policy_days} days",
            why=f"on production nothing goes sooner, and {first.ttl_days} days were asked for",
            fix=f"sentinai retention plan --tenant {first.tenant_id}",
        )


def run_retention(
    database: Database, plan: RetentionPlan, place: Path, *, now: datetime, advance: Advance
) -> RetentionRun:
    """Export what is due and not held into `place`, then erase exactly that; finish what an earlier run left there.

    Killed anywhere and repeated, it ends as if nothing had happened: nothing goes that is not in an export, and each
    export gets its receipt. `advance` hears of exceptions written, and again of exceptions erased. Raises as
    `check_retention`, and CheckFailed when a chain does not hold.
    """
    check_retention(database, plan)
    done: list[RetentionDone] = []
    for item in plan.items:
        if item.cutoff is None:
            continue
        left = unfinished_exports(database, place, item.tenant_id, ErasurePurpose.RETENTION)
        done += [_erase(database, item, export, advance, resumed=True) for export in left]
        if _is_due(database, item):
            done.append(_erase(database, item, _export(database, item, place, now, advance), advance, resumed=False))
    if not done:
        with database.begin(AllTenants()) as work:
            work.record(Outcome.UNCHANGED)
    return RetentionRun.whole(done)


def _is_due(database: Database, item: RetentionItem) -> bool:
    with database.begin(TenantScope(item.tenant_id), read_only=True) as work:
        return bool(work.retentions.due(item.tenant_id, item.cutoff, after="", most=1))


def _export(database: Database, item: RetentionItem, place: Path, now: datetime, advance: Advance) -> Export:
    with database.begin(TenantScope(item.tenant_id)) as work:
        entry = work.record(tenant_id=item.tenant_id, before=_terms(item))
    made = export_due(
        database,
        place,
        item.tenant_id,
        purpose=ErasurePurpose.RETENTION,
        cutoff=item.cutoff,
        operation_id=entry,
        now=now,
        advance=advance,
    )
    return open_export(made)


def _erase(
    database: Database, item: RetentionItem, export: Export, advance: Advance, *, resumed: bool
) -> RetentionDone:
    reason = database.context.reason or REASON
    receipt = erase_exported(database, export, cutoff=item.cutoff, reason=reason, advance=advance)
    counts = {"exceptions": receipt.exceptions, "events": receipt.events, "held": receipt.held}
    with database.begin(TenantScope(item.tenant_id)) as work:
        work.record(
            tenant_id=item.tenant_id,
            before={**_terms(item), "exported": export.manifest.exceptions, "begun_by": str(receipt.operation_id)},
            after={**counts, "changed": receipt.changed, "manifest_sha256": receipt.manifest_sha256},
        )
    return RetentionDone(
        tenant_id=item.tenant_id,
        ttl_days=item.ttl_days,
        source=item.source,
        export=str(export.place),
        manifest_sha256=receipt.manifest_sha256,
        resumed=resumed,
        exported=export.manifest.exceptions,
        erased=receipt.exceptions,
        events=receipt.events,
        held=receipt.held,
        changed=receipt.changed,
    )


def _terms(item: RetentionItem) -> dict[str, object]:
    return {
        "ttl_days": item.ttl_days,
        "source": item.source,
        "cutoff": None if item.cutoff is None else item.cutoff.isoformat(),
    }
