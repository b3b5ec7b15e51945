"""Events across exceptions: list, export, follow."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice

from sentinai_cli.db.engine import Database
from sentinai_cli.db.repositories.event_list import Edge
from sentinai_cli.db.work import Work
from sentinai_cli.errors import Unavailable
from sentinai_cli.models.event_cursor import read_cursor, write_cursor
from sentinai_cli.models.event_list import EventEnvelopeList, EventFilter, EventKey, EventList, EventListed, EventPage
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.tenant import require_tenant

ReadScope = TenantScope | AllTenants
BATCH = 500
"""Events that are handed on at once by those who follow."""
SCAN_LIMIT = 100_000
"""Events that are looked at for one page where no index answers the filter."""
_STEP = 2000
_CHUNK = 1000


def list_events(
    database: Database,
    scope: ReadScope,
    chosen: EventFilter,
    *,
    limit: int | None,
    cursor: str | None = None,
    total: bool = False,
    scan_limit: int = SCAN_LIMIT,
) -> EventList:
    """A page of events, newest first; everything from `cursor` on when `limit` is None.

    Where no index answers the filter, a page ends once `scan_limit` events were looked at. Raises NotFound for an
    unknown tenant and InvalidInput for a cursor of another filter.
    """
    after = None if cursor is None else read_cursor(cursor, scope, chosen)
    last, scanned = None, None
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        if limit is None:
            items = _read_all(work, chosen, after)
        else:
            items, last, scanned = _read(work, chosen, after, limit=limit, scan_limit=scan_limit)
        count = work.event_lists.count(chosen) if total else None
    onward = None if last is None else write_cursor(last, scope, chosen)
    page = EventPage(limit=limit, has_more=last is not None, next=onward, total=count, scanned=scanned)
    return EventList(items=tuple(items), page=page)


def export_events(database: Database, scope: ReadScope, chosen: EventFilter) -> Iterator[EventEnvelopeList]:
    """Every event that matches as of one moment, tenant by tenant, oldest first, `BATCH` at a time.

    Raises NotFound for an unknown tenant.
    """
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        for tenant in work.tenants.list_all():
            with closing(work.event_lists.stream(tenant.tenant_id, chosen)) as events:
                while batch := list(islice(events, BATCH)):
                    yield EventEnvelopeList.whole(batch)


def follow_events(
    database: Database,
    scope: ReadScope,
    chosen: EventFilter,
    *,
    last: int,
    wait: Callable[[], bool],
    say: Callable[[str], None],
) -> Iterator[EventList]:
    """The `last` newest events, oldest of them first, then whatever is written, in the order it settles.

    `wait` is called between looks and ends it by returning False. What an open transaction may still join comes when
    that has ended. A connection that is lost is said and tried again at each look; what it was cut off at may come
    again, nothing is left out. After a restore, which begins a new epoch, it goes on from there.
    Raises NotFound for an unknown tenant.
    """
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        edge = work.event_lists.edge()
        newest, more, scanned = (
            _read(work, chosen, None, limit=last, scan_limit=SCAN_LIMIT) if last else ([], None, None)
        )
        unsettled = {event.event_id for event in newest} & _beyond(work, chosen, edge)
    if more and scanned and len(newest) < last:
        say(f"only the newest {scanned:,} events were looked at")
    yield EventList.whole(event for event in reversed(newest) if event.event_id not in unsettled)
    lost = False
    while wait():
        try:
            for batch, reached in _look(database, scope, chosen, edge, say):
                yield batch
                edge = reached
        except Unavailable as error:
            if not lost:
                say(f"{error.what}; trying again")
            lost = True
            continue
        if lost:
            say("connected again")
        lost = False


def _look(
    database: Database, scope: ReadScope, chosen: EventFilter, edge: Edge, say: Callable[[str], None]
) -> Iterator[tuple[EventList, Edge]]:
    """What settled since `edge`, a few at a time, and the edge behind it.

    The edge moves with the last batch: after a cut in between, events may come again, but none is left out.
    """
    with database.begin(scope, read_only=True) as work:
        here = work.event_lists.edge()
        if here.epoch != edge.epoch:
            say("the database was restored from a backup; going on from there")
        elif here.horizon > edge.horizon:
            batch: list[EventListed] = []
            with closing(work.event_lists.settled(chosen, since=edge.horizon, until=here.horizon)) as events:
                for event in events:
                    batch.append(event)
                    if len(batch) == BATCH:
                        yield EventList.whole(batch), edge
                        batch = []
            yield EventList.whole(batch), here
            return
        yield EventList.whole([]), here


def _beyond(work: Work, chosen: EventFilter, edge: Edge) -> set[object]:
    """The ids of events that can be seen and will settle later, and so will come by themselves."""
    with closing(work.event_lists.settled(chosen, since=edge.horizon, until=edge.beyond)) as events:
        return {event.event_id for event in events}


def _read(
    work: Work, chosen: EventFilter, after: EventKey | None, *, limit: int, scan_limit: int
) -> tuple[list[EventListed], EventKey | None, int | None]:
    """A page, where the next one starts if there is one, and how many events were looked at if no index served."""
    if not chosen.walks:
        rows = work.event_lists.page(chosen, after=after, limit=limit + 1)
        return rows[:limit], rows[limit - 1].key if len(rows) > limit else None, None
    found: list[EventListed] = []
    scanned, last = 0, after
    for step in work.event_lists.walk(chosen, after=after, step=min(_STEP, scan_limit)):
        for place, event in step.found:
            if len(found) == limit:
                return found, found[-1].key, scanned + place
            found.append(event)
        scanned, last = scanned + step.scanned, step.last or last
        if scanned >= scan_limit:
            return found, last, scanned
    return found, None, scanned


def _read_all(work: Work, chosen: EventFilter, after: EventKey | None) -> list[EventListed]:
    everything: list[EventListed] = []
    while chunk := work.event_lists.page(chosen, after=after, limit=_CHUNK):
        everything += chunk
        after = chunk[-1].key
    return everything
