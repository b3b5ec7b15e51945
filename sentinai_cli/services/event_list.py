"""Events across exceptions: list, export, follow."""

from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice

from sentinai_cli.db.engine import Database
from sentinai_cli.db.repositories.event_list import Edge
from sentinai_cli.db.work import Work
from sentinai_cli.errors import Unavailable
from sentinai_cli.models.event_cursor import read_cursor, write_cursor
from sentinai_cli.models.event_list import EventEnvelopeList, EventFilter, EventKey, EventList, EventListed
from sentinai_cli.models.result import Page
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.tenant import require_tenant

ReadScope = TenantScope | AllTenants
BATCH = 500
"""Events that are handed on at once by those who follow."""
_CHUNK = 1000


def list_events(
    database: Database,
    scope: ReadScope,
    chosen: EventFilter,
    *,
    limit: int | None,
    cursor: str | None = None,
    total: bool = False,
) -> EventList:
    """A page of events, newest first; everything from `cursor` on when `limit` is None.

    Raises NotFound for an unknown tenant and InvalidInput for a cursor of another filter.
    """
    after = None if cursor is None else read_cursor(cursor, scope, chosen)
    with database.begin(scope, read_only=True) as work:
        require_tenant(work, scope)
        found = _read(work, chosen, after, limit)
        count = work.event_lists.count(chosen) if total else None
    items = found if limit is None else found[:limit]
    has_more = len(found) > len(items)
    onward = write_cursor(_key(items[-1]), scope, chosen) if has_more else None
    return EventList(items=tuple(items), page=Page(limit=limit, has_more=has_more, next=onward, total=count))


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
        newest = work.event_lists.page(chosen, after=None, limit=last) if last else []
        unsettled = {event.event_id for event in newest} & _beyond(work, chosen, edge)
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


def _read(work: Work, chosen: EventFilter, after: EventKey | None, limit: int | None) -> list[EventListed]:
    if limit is not None:
        return work.event_lists.page(chosen, after=after, limit=limit + 1)
    everything: list[EventListed] = []
    while chunk := work.event_lists.page(chosen, after=after, limit=_CHUNK):
        everything += chunk
        after = _key(chunk[-1])
    return everything


def _key(event: EventListed) -> EventKey:
    return EventKey(event.created_at, event.exception_id, event.event_no, event.tenant_id)
