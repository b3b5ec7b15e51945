"""The event log: verify that it is whole."""

import os
from collections.abc import Callable, Sequence

from sentinai_cli.db.engine import Database
from sentinai_cli.models.event_anchor import EventAnchor
from sentinai_cli.models.event_check import SHOWN, EventVerification, Findings
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event_range import How, RangeCheck
from sentinai_cli.services.event_seal_check import check_anchors, check_sealed, check_seals
from sentinai_cli.services.event_worker import check_ranges
from sentinai_cli.services.tenant import require_tenant

RANGE = 1000
"""Exceptions that are held in memory at once."""
WORTH_A_WORKER = 20
"""Ranges below which another process costs more than it gives."""
MOST_WORKERS = 4

Advance = Callable[[int], None]


def verify_events(
    database: Database,
    scope: TenantScope | AllTenants,
    *,
    advance: Advance,
    workers: int | None = None,
    since_seal: bool = False,
    folded: bool = False,
    anchors: Sequence[EventAnchor] = (),
) -> EventVerification:
    """Check every chain in scope and every seal over it, at one moment, in constant memory.

    `advance` hears of exceptions done. `workers` processes share the work; None is as many as are worth it.
    `since_seal` trusts what the seals close; `folded` also compares each row with what its events make of it;
    `anchors` of tenants in scope must be of seals that are there. Raises NotFound for an unknown tenant; breaks are
    the result, no error.
    """
    wanted = [anchor for anchor in anchors if scope in (AllTenants(), TenantScope(anchor.tenant_id))]
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        ranges = work.event_chains.ranges(RANGE)
        used = min(workers or _worth(len(ranges)), len(ranges))
        checked: dict[int, RangeCheck] = {}
        for number, result in check_ranges(database, work, ranges, How(since_seal, folded), workers=used):
            checked[number] = result
            advance(result.exceptions)
        found = Findings()
        seals = work.event_seals.list_all()
        check_seals(seals, found)
        erasures = 0 if since_seal else check_sealed(work, seals, found)
        check_anchors(wanted, seals, found)
    results = [checked[number] for number in sorted(checked)]
    breaks = [each for result in results for each in result.breaks] + found.breaks
    return EventVerification(
        tenants=len(frozenset().union(*(result.tenants for result in results))),
        exceptions=sum(result.exceptions for result in results),
        events=sum(result.events for result in results),
        seals=len(seals),
        erasures=erasures,
        anchors=len(wanted),
        broken=sum(result.broken for result in results) + found.broken,
        breaks=tuple(breaks[:SHOWN]),
    )


def _worth(ranges: int) -> int:
    return max(1, min(os.cpu_count() or 1, MOST_WORKERS, ranges // WORTH_A_WORKER))
