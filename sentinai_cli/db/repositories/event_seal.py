"""Seals of the event log: what is open, what was closed, and whether the log still holds it."""

from collections.abc import Generator, Iterator
from typing import Any, NamedTuple

from sqlalchemy import RowMapping, func, insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from sentinai_cli.db.event_reader import EVENT_COLUMNS
from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import erasure, event_seal, event_seal_entry
from sentinai_cli.models.event_row import EventRow
from sentinai_cli.models.event_seal import EventSeal, SealEntry

_STREAM: dict[str, Any] = {"yield_per": 2000}
_FEW: dict[str, Any] = {"yield_per": 100}
"""For rows whose documents may be large."""

# Settled is what a transaction wrote that ended before the oldest one still open began: nothing can appear among it
# any more, whatever numbers and clocks say. A number of another cluster that lies in this one's future is as settled.
_OPEN = text(
    """
    CREATE TEMP TABLE open_span ON COMMIT DROP AS
    WITH edge AS MATERIALIZED (
        SELECT pg_snapshot_xmin(present) AS horizon, pg_snapshot_xmax(present) AS beyond
        FROM pg_current_snapshot() AS present
    ), gone AS (
        SELECT exception_id, count(*)::integer AS lives FROM erasure WHERE tenant_id = :tenant_id GROUP BY exception_id
    ), sealed AS (
        SELECT DISTINCT ON (exception_id, life) exception_id, life, last_event_no, hash FROM event_seal_entry
        WHERE tenant_id = :tenant_id ORDER BY exception_id, life, last_event_no DESC
    ), unsettled AS (
        SELECT exception_id, min(event_no) AS event_no FROM exception_event
        WHERE tenant_id = :tenant_id AND xid >= (SELECT horizon FROM edge) AND xid < (SELECT beyond FROM edge)
        GROUP BY exception_id
    )
    SELECT x.exception_id, coalesce(gone.lives, 0) + 1 AS life, coalesce(sealed.last_event_no, 0) + 1 AS first_event_no,
           least(x.last_event_no, unsettled.event_no - 1) AS last_event_no, x.last_event_no AS head,
           coalesce(sealed.hash, decode(repeat('00', 32), 'hex')) AS previous,
           (SELECT horizon::text::bigint FROM edge) AS horizon
    FROM exception AS x
    LEFT JOIN gone ON gone.exception_id = x.exception_id
    LEFT JOIN sealed ON sealed.exception_id = x.exception_id AND sealed.life = coalesce(gone.lives, 0) + 1
    LEFT JOIN unsettled ON unsettled.exception_id = x.exception_id
    WHERE x.tenant_id = :tenant_id AND x.last_event_no > coalesce(sealed.last_event_no, 0)
    """
)
_FOUND = text(
    """
    SELECT coalesce(max(horizon), 0) AS horizon,
           coalesce(sum(head - greatest(last_event_no, first_event_no - 1)), 0)::bigint AS waiting
    FROM open_span
    """
)
_OPEN_EVENTS = text(
    f"""
    SELECT s.life, s.first_event_no, s.last_event_no, s.previous, {EVENT_COLUMNS}
    FROM open_span AS s JOIN exception_event AS e ON e.tenant_id = :tenant_id AND e.exception_id = s.exception_id
     AND e.event_no BETWEEN s.first_event_no AND s.last_event_no
    ORDER BY e.exception_id, e.event_no
    """  # noqa: S608 - made of a constant
)
_CLOSE = text(
    """
    INSERT INTO event_seal_entry (tenant_id, seal_no, exception_id, life, first_event_no, last_event_no, hash)
    SELECT e.tenant_id, :seal_no, s.exception_id, s.life, s.first_event_no, s.last_event_no, e.hash
    FROM open_span AS s JOIN exception_event AS e ON e.tenant_id = :tenant_id AND e.exception_id = s.exception_id
     AND e.event_no = s.last_event_no
    WHERE s.last_event_no >= s.first_event_no ORDER BY s.exception_id
    """
)
_LOST = """
    SELECT s.tenant_id, s.exception_id, s.seal_no, s.last_event_no, x.exception_id IS NULL AS gone
    FROM event_seal_entry AS s
    LEFT JOIN (SELECT tenant_id, exception_id, count(*) AS lives FROM erasure GROUP BY tenant_id, exception_id) AS gone
      ON gone.tenant_id = s.tenant_id AND gone.exception_id = s.exception_id
    LEFT JOIN exception AS x ON x.tenant_id = s.tenant_id AND x.exception_id = s.exception_id
    LEFT JOIN exception_event AS e ON e.tenant_id = s.tenant_id AND e.exception_id = s.exception_id
     AND e.event_no = s.last_event_no
    WHERE s.life = coalesce(gone.lives, 0) + 1 AND e.hash IS DISTINCT FROM s.hash {scope}
    ORDER BY s.tenant_id, s.exception_id, s.seal_no
"""


class Open(NamedTuple):
    """What a tenant's seals have not closed: the transaction horizon, and how many events lie beyond it."""

    horizon: int
    waiting: int


class OpenEvent(NamedTuple):
    """A settled event and the span of its exception's chain that is to be closed, which follows `previous`."""

    life: int
    first_event_no: int
    last_event_no: int
    previous: bytes
    event: EventRow


class Erased(NamedTuple):
    """One life of an id that was erased, as its erasure recorded it."""

    tenant_id: str
    exception_id: str
    life: int
    events: int
    head_hash: bytes
    leaves: bytes


class EventSealRepository(Repository):
    """Seals are added and never changed."""

    def lock(self, tenant_id: str) -> None:
        """Keep others from sealing this tenant's log until the transaction ends."""
        key = func.hashtextextended(f"sentinai.seal {tenant_id}", 0)
        self._connection.execute(select(func.pg_advisory_xact_lock(key)))

    def list_all(self) -> list[EventSeal]:
        """Every seal in scope, by tenant and number."""
        wanted = select(event_seal).where(self._in_scope(event_seal))
        rows = self._connection.execute(wanted.order_by(event_seal.c.tenant_id, event_seal.c.seal_no)).mappings()
        return [_seal(row) for row in rows]

    def newest(self) -> list[EventSeal]:
        """The newest seal of each tenant in scope that has one, by tenant."""
        wanted = (
            select(event_seal)
            .ext(distinct_on(event_seal.c.tenant_id))
            .where(self._in_scope(event_seal))
            .order_by(event_seal.c.tenant_id, event_seal.c.seal_no.desc())
        )
        return [_seal(row) for row in self._connection.execute(wanted).mappings()]

    def since(self, tenant_id: str, seal_no: int) -> list[EventSeal]:
        """A tenant's seals from this one on."""
        wanted = (
            select(event_seal)
            .where(self._in_scope(event_seal), event_seal.c.tenant_id == tenant_id, event_seal.c.seal_no >= seal_no)
            .order_by(event_seal.c.seal_no)
        )
        return [_seal(row) for row in self._connection.execute(wanted).mappings()]

    def open(self, tenant_id: str) -> Open:
        """Find what can be closed now; `open_events` and `add` go by it, once each in this transaction."""
        self._connection.execute(_OPEN, {"tenant_id": tenant_id})
        return Open._make(self._connection.execute(_FOUND).one())

    def open_events(self, tenant_id: str) -> Generator[OpenEvent, None, None]:
        """The events that can be closed, by exception and number."""
        with self._connection.execute(_OPEN_EVENTS, {"tenant_id": tenant_id}, execution_options=_FEW) as rows:
            for row in rows:
                yield OpenEvent(row[0], row[1], row[2], row[3], EventRow._make(row[4:]))

    def add(self, seal: EventSeal) -> int:
        """Store a seal with its entries; how many there are."""
        row = seal.model_dump() | {name: bytes.fromhex(getattr(seal, name)) for name in ("root", "previous", "hash")}
        self._connection.execute(insert(event_seal).values({**row, "horizon": str(seal.horizon)}))
        return self._connection.execute(_CLOSE, {"tenant_id": seal.tenant_id, "seal_no": seal.seal_no}).rowcount

    def entries(self, tenant_id: str, seal_no: int) -> Iterator[SealEntry]:
        """What a seal closed, by exception, a few at a time."""
        wanted = (
            select(*[event_seal_entry.c[name] for name in SealEntry._fields])
            .where(
                self._in_scope(event_seal_entry),
                event_seal_entry.c.tenant_id == tenant_id,
                event_seal_entry.c.seal_no == seal_no,
            )
            .order_by(event_seal_entry.c.exception_id)
        )
        with self._connection.execute(wanted, execution_options=_STREAM) as rows:
            yield from map(SealEntry._make, rows)

    def entries_of(self, tenant_id: str, exception_id: str) -> list[tuple[int, SealEntry]]:
        """The seals that closed a part of an exception's chain, all lives of the id, in order: number and entry."""
        wanted = (
            select(event_seal_entry.c.seal_no, *[event_seal_entry.c[name] for name in SealEntry._fields])
            .where(
                self._in_scope(event_seal_entry),
                event_seal_entry.c.tenant_id == tenant_id,
                event_seal_entry.c.exception_id == exception_id,
            )
            .order_by(event_seal_entry.c.life, event_seal_entry.c.last_event_no)
        )
        return [(row[0], SealEntry._make(row[1:])) for row in self._connection.execute(wanted)]

    def lost(self) -> Iterator[RowMapping]:
        """Entries of exceptions that are not erased whose last event is not in the log as it was closed."""
        scope, parameters = self._own("s")
        lost = text(_LOST.format(scope=scope))
        with self._connection.execute(lost, parameters, execution_options=_STREAM) as rows:
            yield from rows.mappings()

    def erased(self, tenant_id: str | None = None, exception_id: str | None = None) -> Iterator[Erased]:
        """What was erased in scope, or of one id, by key and life."""
        life = func.row_number().over(
            partition_by=[erasure.c.tenant_id, erasure.c.exception_id], order_by=erasure.c.erasure_no
        )
        wanted = select(
            erasure.c.tenant_id, erasure.c.exception_id, life, erasure.c.events, erasure.c.head_hash, erasure.c.leaves
        ).where(self._in_scope(erasure))
        if tenant_id is not None:
            wanted = wanted.where(erasure.c.tenant_id == tenant_id, erasure.c.exception_id == exception_id)
        ordered = wanted.order_by(erasure.c.tenant_id, erasure.c.exception_id, erasure.c.erasure_no)
        with self._connection.execute(ordered, execution_options=_STREAM) as rows:
            yield from map(Erased._make, rows)

    def entries_of_erased(self) -> Generator[tuple[str, int, SealEntry], None, None]:
        """What seals closed of lives that ended, by key, life and number: tenant, seal number, entry."""
        scope, parameters = self._own("s")
        wanted = f"""
            SELECT s.tenant_id, s.seal_no, s.exception_id, s.life, s.first_event_no, s.last_event_no, s.hash
            FROM event_seal_entry AS s
            JOIN (SELECT tenant_id, exception_id, count(*) AS lives FROM erasure GROUP BY 1, 2) AS gone
              ON gone.tenant_id = s.tenant_id AND gone.exception_id = s.exception_id AND s.life <= gone.lives
            WHERE true {scope} ORDER BY s.tenant_id, s.exception_id, s.life, s.last_event_no
        """  # noqa: S608 - made of constants
        with self._connection.execute(text(wanted), parameters, execution_options=_STREAM) as rows:
            for row in rows:
                yield row[0], row[1], SealEntry._make(row[2:])

    def _own(self, table: str) -> tuple[str, dict[str, str]]:
        tenant_id = getattr(self._scope, "tenant_id", None)
        return ("", {}) if tenant_id is None else (f"AND {table}.tenant_id = :tenant_id", {"tenant_id": tenant_id})


def _seal(row: RowMapping) -> EventSeal:
    hashes = {name: row[name].hex() for name in ("root", "previous", "hash")}
    return EventSeal.model_validate({**row, **hashes, "horizon": int(row["horizon"])})
