"""Sealing the event log: closing what is settled, tenant by tenant."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from itertools import groupby
from typing import Any

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.errors import CheckFailed
from sentinai_cli.models.event_chain import follows
from sentinai_cli.models.event_seal import NO_SEAL, EventSeal, EventSealed, EventSealedList, SealEntry, seal_hash
from sentinai_cli.models.merkle import MerkleRoot
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event import Advance
from sentinai_cli.services.tenant import tenant_ids, unknown_tenant


def seal_events(
    database: Database, scope: TenantScope | AllTenants, *, now: datetime, advance: Advance
) -> EventSealedList:
    """Seal each tenant's log in scope, a transaction each. What is sealed already, or not settled, stays as it is.

    Raises NotFound for an unknown tenant, and CheckFailed, with nothing sealed of that tenant, when what would be
    closed does not hold together. `advance` hears of exceptions closed.
    """
    chosen = [scope.tenant_id] if isinstance(scope, TenantScope) else tenant_ids(database)
    return EventSealedList.whole(_seal_tenant(database, name, now, advance) for name in chosen)


def _seal_tenant(database: Database, tenant_id: str, now: datetime, advance: Advance) -> EventSealed:
    with database.begin(TenantScope(tenant_id)) as work:
        if work.tenants.get(tenant_id) is None:
            raise unknown_tenant(tenant_id)
        return seal_log(work, tenant_id, now=now, advance=advance)


def seal_log(work: Work, tenant_id: str, *, now: datetime, advance: Advance) -> EventSealed:
    """Seal one tenant's log inside a transaction of its scope, and journal it. Raises CheckFailed as above."""
    work.event_seals.lock(tenant_id)
    last = next(iter(work.event_seals.newest()), None)
    found = work.event_seals.open(tenant_id)
    tree, events = MerkleRoot(), 0
    for entry in _entries(work, tenant_id):
        tree.add(entry.merkle_entry())
        events += entry.last_event_no - entry.first_event_no + 1
        advance(1)
    if not tree.size:
        work.record(Outcome.UNCHANGED, tenant_id=tenant_id, after={"waiting": found.waiting})
        return EventSealed(tenant_id=tenant_id, sealed=False, waiting=found.waiting, seal=last)
    columns: dict[str, Any] = {
        "tenant_id": tenant_id,
        "seal_no": last.seal_no + 1 if last else 1,
        "exceptions": tree.size,
        "events": events,
        "root": tree.digest().hex(),
        "previous": last.hash if last else NO_SEAL.hex(),
        "horizon": found.horizon,
        "epoch": work.database_info.epoch(),
        "sealed_at": max(now, last.sealed_at) if last else now,
        "sealed_by": work.context.actor,
    }
    seal = EventSeal(**columns, hash=seal_hash(**columns))
    closed = work.event_seals.add(seal)
    assert closed == tree.size
    ids: dict[str, object] = {"seal_no": seal.seal_no, "hash": seal.hash, "events": events}
    work.record(tenant_id=tenant_id, after=ids)
    return EventSealed(tenant_id=tenant_id, sealed=True, waiting=found.waiting, seal=seal)


def _entries(work: Work, tenant_id: str) -> Iterator[SealEntry]:
    """What is to be closed, by exception, each event checked on the way: a seal is never put on a broken chain."""
    with closing(work.event_seals.open_events(tenant_id)) as events:
        for exception_id, span in groupby(events, key=lambda item: item.event.exception_id):
            number, link, entry = 0, b"", None
            for life, first, last, previous, event in span:
                if entry is None:
                    number, link = first - 1, previous
                if not follows(event, number, link):
                    raise _broken(tenant_id, exception_id, number + 1)
                number, link = event.event_no, event.hash
                entry = SealEntry(exception_id, life, first, last, event.hash)
            assert entry is not None
            if number != entry.last_event_no:
                raise _broken(tenant_id, exception_id, number + 1)
            yield entry


def _broken(tenant_id: str, exception_id: str, event_no: int) -> CheckFailed:
    return CheckFailed(
        "events_broken",
        "a broken log is not sealed",
        why=f"event {event_no} of {exception_id} of {tenant_id} is missing or not what its hashes say",
        fix=f"sentinai events verify --tenant {tenant_id}",
    )
