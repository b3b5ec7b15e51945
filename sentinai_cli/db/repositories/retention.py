"""Exceptions that are beyond their time to live, and everything about them before they go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, text

from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.schema import exception, exception_event
from sentinai_cli.models.event import StoredEvent

SAMPLE = 500

# Without a cutoff everything is due.
_DUE = """
    x.tenant_id = :tenant_id AND (
        CAST(:cutoff AS timestamptz) IS NULL OR x.status = 'resolved' AND x.resolved_at < CAST(:cutoff AS timestamptz)
    )
"""
_HELD = """
    EXISTS (
        SELECT FROM legal_hold AS h WHERE h.tenant_id = :tenant_id AND h.released_at IS NULL
         AND (h.exception_id IS NULL OR h.exception_id = x.exception_id)
    )
"""
_FOUND = text(
    f"""
    SELECT count(*), coalesce(sum(x.last_event_no), 0)::bigint, count(*) FILTER (WHERE {_HELD}),
           min(x.resolved_at), max(x.resolved_at)
    FROM exception AS x WHERE {_DUE}
    """  # noqa: S608 - made of constants, here and below
)
_SIZE = text(
    f"""
    WITH sample AS MATERIALIZED (
        SELECT x.tenant_id, x.exception_id, pg_column_size(x) AS size FROM exception AS x
        WHERE {_DUE} ORDER BY x.exception_id LIMIT {SAMPLE}
    )
    SELECT (sum(size) + (
        SELECT coalesce(sum(pg_column_size(e)), 0) FROM exception_event AS e JOIN sample USING (tenant_id, exception_id)
    ))::float8 / nullif(count(*), 0) FROM sample
    """  # noqa: S608
)
_NEXT = text(
    f"""
    SELECT x.exception_id FROM exception AS x WHERE {_DUE} AND NOT {_HELD} AND x.exception_id > :after
    ORDER BY x.exception_id LIMIT :most
    """  # noqa: S608
)
_STILL = text(
    f"""
    SELECT x.exception_id FROM exception AS x
    JOIN unnest(CAST(:names AS text[]), CAST(:hashes AS bytea[])) AS was (name, hash)
      ON was.name = x.exception_id AND was.hash = x.last_event_hash
    WHERE {_DUE} ORDER BY x.exception_id FOR UPDATE OF x
    """  # noqa: S608
)


class Found(NamedTuple):
    """What is due: exceptions, their events, how many are held, the oldest and the newest resolution."""

    exceptions: int
    events: int
    held: int
    oldest: datetime | None
    newest: datetime | None


class RetentionRepository(Repository):
    """Due is what was resolved before `cutoff`; with None, everything of the tenant."""

    def found(self, tenant_id: str, cutoff: datetime | None) -> Found:
        """Count what is due; reads all of it."""
        return Found._make(self._connection.execute(_FOUND, {"tenant_id": tenant_id, "cutoff": cutoff}).one())

    def average_size(self, tenant_id: str, cutoff: datetime | None) -> float:
        """Bytes of the rows of one due exception with its events, by a sample of the first; 0 when none is due."""
        return self._connection.scalar(_SIZE, {"tenant_id": tenant_id, "cutoff": cutoff}) or 0.0

    def due(self, tenant_id: str, cutoff: datetime | None, *, after: str, most: int) -> list[str]:
        """The ids of up to `most` exceptions that are due and not held, in the order of keys, behind `after`."""
        values = {"tenant_id": tenant_id, "cutoff": cutoff, "after": after, "most": most}
        return list(self._connection.scalars(_NEXT, values))

    def still(self, tenant_id: str, cutoff: datetime | None, heads: Sequence[tuple[str, bytes]]) -> list[str]:
        """Lock those of the exceptions that are due and whose head is still this one; their ids in order."""
        names, hashes = [name for name, _ in heads], [head for _, head in heads]
        values = {"tenant_id": tenant_id, "cutoff": cutoff, "names": names, "hashes": hashes}
        return list(self._connection.scalars(_STILL, values))

    def exceptions(self, tenant_id: str, exception_ids: Sequence[str]) -> list[dict[str, Any]]:
        """The whole rows of these, in order."""
        wanted = select(exception).where(
            self._in_scope(exception), exception.c.tenant_id == tenant_id, exception.c.exception_id.in_(exception_ids)
        )
        ordered = wanted.order_by(exception.c.exception_id)
        return [dict(row) for row in self._connection.execute(ordered).mappings()]

    def events(self, tenant_id: str, exception_ids: Sequence[str]) -> dict[str, list[StoredEvent]]:
        """Their events by exception, in order."""
        wanted = select(*[exception_event.c[name] for name in StoredEvent._fields]).where(
            self._in_scope(exception_event),
            exception_event.c.tenant_id == tenant_id,
            exception_event.c.exception_id.in_(exception_ids),
        )
        found: dict[str, list[StoredEvent]] = {}
        ordered = wanted.order_by(exception_event.c.exception_id, exception_event.c.event_no)
        for row in self._connection.execute(ordered).mappings():
            found.setdefault(row["exception_id"], []).append(StoredEvent(**row))
        return found
