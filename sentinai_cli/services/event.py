"""The event log: verify."""

from collections.abc import Callable, Iterator
from itertools import chain as concatenated
from itertools import groupby

from sentinai_cli.db.engine import Database
from sentinai_cli.models.event import StoredEvent
from sentinai_cli.models.event_chain import chain_breaks, orphan
from sentinai_cli.models.event_check import Break, EventVerification
from sentinai_cli.models.exception import StoredRecord
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.tenant import unknown_tenant

SHOWN = 100

Advance = Callable[[int], None]


def verify_events(database: Database, scope: TenantScope | AllTenants, *, advance: Advance) -> EventVerification:
    """Check every chain in scope against its content, its head and its exception, at one moment, in constant memory.

    `advance` hears of each exception done. Raises NotFound for an unknown tenant; breaks are the result, no error.
    """
    tenants: set[str] = set()
    exceptions = events = broken = 0
    shown: list[Break] = []
    with database.begin(scope, read_only=True) as work:
        if isinstance(scope, TenantScope) and work.tenants.get(scope.tenant_id) is None:
            raise unknown_tenant(scope.tenant_id)
        for record, chain, breaks in _checked(work.events.stream_records(), work.events.stream_log()):
            events += chain
            if record is not None:
                tenants.add(record.tenant_id)
                exceptions += 1
                advance(1)
            broken += len(breaks)
            shown += breaks[: SHOWN - len(shown)]
    return EventVerification(
        tenants=len(tenants), exceptions=exceptions, events=events, broken=broken, breaks=tuple(shown)
    )


def _checked(
    records: Iterator[StoredRecord], log: Iterator[StoredEvent]
) -> Iterator[tuple[StoredRecord | None, int, list[Break]]]:
    """Walk both streams, ordered alike, side by side: each exception, its number of events and its breaks."""
    chains = groupby(log, key=lambda event: (event.tenant_id, event.exception_id))
    none: tuple[tuple[str, str] | None, Iterator[StoredEvent]] = (None, iter(()))
    key, chain = next(chains, none)
    for record in concatenated(records, [None]):
        own = None if record is None else (record.tenant_id, record.exception_id)
        while key is not None and (own is None or key < own):
            strays = [orphan(event) for event in chain]
            yield None, len(strays), strays
            key, chain = next(chains, none)
        if record is not None:
            held = list(chain) if key == own else []
            yield record, len(held), list(chain_breaks(record, held))
            key, chain = next(chains, none) if key == own else (key, chain)
