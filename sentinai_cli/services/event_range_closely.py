"""Verifying the chains of one range of exceptions event by event, to name what is broken."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from sentinai_cli.db.event_reader import ChainRange
from sentinai_cli.db.work import Work
from sentinai_cli.models.event_chain import ChainCheck, orphan
from sentinai_cli.models.event_check import Findings
from sentinai_cli.models.event_row import EventRow, RecordRow
from sentinai_cli.services.event_range import How, RangeCheck


def look_closely(work: Work, wanted: ChainRange, how: How) -> RangeCheck:
    """Check every chain of the range, event by event. Memory depends on the size of the range, not of its chains."""
    found = Findings()
    records = list(work.event_chains.records(wanted, since_seal=how.since_seal))
    events = 0
    for record, chain in _side_by_side(records, work.event_chains.events(wanted, since_seal=how.since_seal)):
        check = None if record is None else ChainCheck(record, found, folded=how.folded)
        for event in chain:
            events += 1
            if check is None:
                found.add(orphan(event))
            else:
                check.see(event)
        if check is not None:
            check.finish()
    return RangeCheck(
        tenants=frozenset(record.tenant_id for record in records),
        exceptions=len(records),
        events=events,
        broken=found.broken,
        breaks=found.breaks,
    )


def _side_by_side(
    records: Iterable[RecordRow], log: Iterable[EventRow]
) -> Iterator[tuple[RecordRow | None, Iterable[EventRow]]]:
    """Both, ordered alike: each exception with its events, and the events of none."""
    chains = groupby(log, key=itemgetter(0, 1))
    none: tuple[tuple[str, str] | None, Iterable[EventRow]] = (None, ())
    key, chain = next(chains, none)
    for record in records:
        own = (record.tenant_id, record.exception_id)
        while key is not None and key < own:
            yield None, chain
            key, chain = next(chains, none)
        if key == own:
            yield record, chain
            key, chain = next(chains, none)
        else:
            yield record, ()
    while key is not None:
        yield None, chain
        key, chain = next(chains, none)
