"""Verifying the chains of one range of exceptions at a glance, in this process or in another."""

from typing import TYPE_CHECKING, NamedTuple

from sentinai_cli.db.event_reader import ChainRange, EventReader
from sentinai_cli.models.event_glance import Glance

if TYPE_CHECKING:
    from sentinai_cli.models.event_check import Break


class How(NamedTuple):
    """What is checked: only what came since the last seal, and whether rows are the fold of their events."""

    since_seal: bool
    folded: bool


class RangeCheck(NamedTuple):
    """What one range came to; `breaks` are its first ones."""

    tenants: frozenset[str]
    exceptions: int
    events: int
    broken: int
    breaks: "list[Break]"


def glance(reader: EventReader, wanted: ChainRange, *, since_seal: bool) -> RangeCheck | None:
    """What the range comes to when nothing in it is broken; None when something is, or might be."""
    records = reader.records(wanted, since_seal=since_seal, stateless=True)
    look = Glance(records)
    events = 0
    for rows in reader.events(wanted, since_seal=since_seal):
        look.see(rows)
        events += len(rows)
    if not look.is_whole(reader):
        return None
    tenants = frozenset(tenant.decode() for tenant in {record[0] for record in records})
    return RangeCheck(tenants=tenants, exceptions=len(records), events=events, broken=0, breaks=[])
