"""Events across exceptions: pages by time, streams for export, and what has settled since, for those who follow."""

from collections.abc import Generator, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, RowMapping, Select, and_, cast, func, literal, or_, select, text, true, tuple_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import TransactionId, exception_event, tenant
from sentinai_cli.models.event import EventType
from sentinai_cli.models.event_list import EventEnvelope, EventFilter, EventKey, EventListed
from sentinai_cli.models.scope import TenantScope

_COLUMNS = [exception_event.c[name] for name in EventListed.model_fields]
_STREAM: dict[str, Any] = {"yield_per": 1000}

# Below the horizon no open transaction can add anything any more: numbers and clocks are given before a commit.
_EDGE = text(
    """
    SELECT pg_snapshot_xmin(present)::text::bigint, pg_snapshot_xmax(present)::text::bigint, epoch
    FROM pg_current_snapshot() AS present, database_info
    """
)


class Edge(NamedTuple):
    """The transaction below which everything has settled, the next one, and the epoch in which that means anything."""

    horizon: int
    beyond: int
    epoch: int


class Walked(NamedTuple):
    """How many events were looked at, where the last of them stands, and those that fit, with their places."""

    scanned: int
    last: EventKey | None
    found: list[tuple[int, EventListed]]


class EventListRepository(Repository):
    """Sorted by (created_at, exception_id, event_no, tenant_id), which no two events share."""

    def page(self, chosen: EventFilter, *, after: EventKey | None, limit: int) -> list[EventListed]:
        """Up to `limit` events that come behind `after`, newest first. Costs the same on every page.

        Across tenants each tenant's newest are read from its own index and then merged.
        """
        rows = self._newest(_COLUMNS, [*_indexed(chosen), *_looked_at(chosen), *_behind(after)], limit)
        return [_listed(row) for row in self._connection.execute(rows).mappings()]

    def walk(self, chosen: EventFilter, *, after: EventKey | None, step: int) -> Iterator[Walked]:
        """Go through the events that indexes leave, `step` at a time, and look at each for the rest of the filter.

        Steps are taken as they are asked for: whoever stops in time reads no further.
        """
        fits = and_(true(), *_looked_at(chosen)).label("fits")
        while True:
            walked = self._newest([*_COLUMNS, fits], [*_indexed(chosen), *_behind(after)], step).cte("walked")
            numbered = select(
                walked,
                func.row_number().over(order_by=_newest_first(walked.c)).label("no"),
                func.count().over().label("n"),
            ).subquery()
            kept = select(numbered).where(or_(numbered.c.fits, numbered.c.no == numbered.c.n)).order_by(numbered.c.no)
            found, scanned = [], 0
            for row in self._connection.execute(kept).mappings():
                event = _listed(row)
                scanned, after = row["n"], event.key
                if row["fits"]:
                    found.append((row["no"], event))
            yield Walked(scanned, after if scanned else None, found)
            if scanned < step:
                return

    def count(self, chosen: EventFilter) -> int:
        """How many match; reads them all."""
        wanted = select(func.count()).select_from(exception_event)
        return self._connection.execute(
            wanted.where(self._in_scope(exception_event), *_indexed(chosen), *_looked_at(chosen))
        ).scalar_one()

    def stream(self, tenant_id: str, chosen: EventFilter) -> Generator[EventEnvelope, None, None]:
        """One tenant's events, oldest first, so that those of an exception come in order; a few at a time."""
        wanted = (
            select(*_COLUMNS, exception_event.c.leaf)
            .where(
                self._in_scope(exception_event),
                exception_event.c.tenant_id == tenant_id,
                *_indexed(chosen),
                *_looked_at(chosen),
            )
            .order_by(exception_event.c.created_at, exception_event.c.exception_id, exception_event.c.event_no)
        )
        with self._connection.execute(wanted, execution_options=_STREAM) as rows:
            for row in rows.mappings():
                yield _envelope(row)

    def of_exceptions(
        self, tenant_id: str, exception_ids: Sequence[str], types: Sequence[EventType]
    ) -> list[EventListed]:
        """The events of these types of one tenant's exceptions, by exception and number. Names are few: a page's."""
        wanted = (
            select(*_COLUMNS)
            .where(
                self._in_scope(exception_event),
                exception_event.c.tenant_id == tenant_id,
                exception_event.c.exception_id.in_(exception_ids),
                exception_event.c.event_type.in_([kind.value for kind in types]),
            )
            .order_by(exception_event.c.exception_id, exception_event.c.event_no)
        )
        return [_listed(row) for row in self._connection.execute(wanted).mappings()]

    def edge(self) -> Edge:
        """Where settled ends now."""
        return Edge._make(self._connection.execute(_EDGE).one())

    def settled(self, chosen: EventFilter, *, since: int, until: int) -> Generator[EventListed, None, None]:
        """Events of transactions from `since` on and below `until`, in the order of transactions."""
        xid = exception_event.c.xid
        wanted = (
            select(*_COLUMNS)
            .where(
                self._in_scope(exception_event),
                xid >= cast(literal(str(since)), TransactionId()),
                xid < cast(literal(str(until)), TransactionId()),
                *_indexed(chosen),
                *_looked_at(chosen),
            )
            .order_by(xid, exception_event.c.tenant_id, exception_event.c.exception_id, exception_event.c.event_no)
        )
        with self._connection.execute(wanted, execution_options=_STREAM) as rows:
            yield from map(_listed, rows.mappings())

    def _newest(
        self, columns: Sequence[ColumnElement[Any]], conditions: list[ColumnElement[bool]], limit: int
    ) -> Select[Any]:
        """The first `limit` events that meet the conditions."""
        if isinstance(self._scope, TenantScope):
            own = select(*columns).where(self._in_scope(exception_event), *conditions)
            return own.order_by(*_newest_first(exception_event.c)).limit(limit)
        each = (
            select(*columns)
            .where(exception_event.c.tenant_id == tenant.c.tenant_id, *conditions)
            .order_by(*_newest_first(exception_event.c))
            .limit(limit)
            .correlate(tenant)
            .lateral("newest")
        )
        merged = select(*each.c).select_from(tenant.join(each, true()))
        return merged.order_by(*_newest_first(each.c)).limit(limit)


def _newest_first(columns: ReadOnlyColumnCollection[str, Any]) -> list[ColumnElement[Any]]:
    return [columns.created_at.desc(), columns.exception_id.desc(), columns.event_no.desc(), columns.tenant_id.desc()]


def _indexed(chosen: EventFilter) -> list[ColumnElement[bool]]:
    """What an index answers of a filter."""
    event = exception_event.c
    conditions: list[ColumnElement[bool]] = []
    if chosen.exception_id is not None:
        conditions.append(event.exception_id == chosen.exception_id)
    if chosen.since is not None:
        conditions.append(event.created_at >= chosen.since)
    if chosen.until is not None:
        conditions.append(event.created_at < chosen.until)
    return conditions


def _looked_at(chosen: EventFilter) -> list[ColumnElement[bool]]:
    """The rest of it."""
    named = ((exception_event.c.event_type, chosen.types), (exception_event.c.actor_id, chosen.actors))
    return [column.in_(values) for column, values in named if values]


def _behind(after: EventKey | None) -> list[ColumnElement[bool]]:
    """A row comparison: spelled with OR it would read every row."""
    if after is None:
        return []
    event = exception_event.c
    place = tuple_(event.created_at, event.exception_id, event.event_no, event.tenant_id)
    return [place < tuple_(after.created_at, after.exception_id, after.event_no, after.tenant_id)]


def _listed(row: RowMapping) -> EventListed:
    return EventListed.model_validate(
        {name: row[name] for name in EventListed.model_fields} | {"hash": row["hash"].hex()}
    )


def _envelope(row: RowMapping) -> EventEnvelope:
    known = {name: row[name] for name in EventEnvelope.model_fields if name in row}
    known |= {"actor": {"type": row["actor_type"], "id": row["actor_id"]}, "timestamp": row["created_at"]}
    return EventEnvelope.model_validate({**known, "leaf": row["leaf"].hex(), "hash": row["hash"].hex()})
