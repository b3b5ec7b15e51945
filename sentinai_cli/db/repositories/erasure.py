"""Erasure, the only way in which exceptions leave: what was told about them goes, the leaves of their events stay.

The triggers let a row go only in the transaction that recorded its erasure with the head it had.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from psycopg import sql

from sentinai_cli.db.driver import driver
from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.repositories.legal_hold import LegalHoldRepository
from sentinai_cli.errors import Refused
from sentinai_cli.models.legal_hold import under_hold
from sentinai_cli.models.scope import Maintenance

_LOCK = "SELECT exception_id FROM exception WHERE tenant_id = %s AND exception_id = ANY (%s) ORDER BY 1 FOR UPDATE"
_RECORD = """
    INSERT INTO erasure (tenant_id, exception_id, erasure_no, events, head_hash, leaves, reason, operation_id)
    SELECT x.tenant_id, x.exception_id,
        1 + (SELECT count(*) FROM erasure AS r WHERE r.tenant_id = x.tenant_id AND r.exception_id = x.exception_id),
        x.last_event_no, x.last_event_hash,
        (SELECT string_agg(e.leaf, ''::bytea ORDER BY e.event_no) FROM exception_event AS e
         WHERE e.tenant_id = x.tenant_id AND e.exception_id = x.exception_id),
        %s, %s
    FROM exception AS x WHERE x.tenant_id = %s AND x.exception_id = ANY (%s)
"""
_EVENTS = "DELETE FROM exception_event WHERE tenant_id = %s AND exception_id = ANY (%s)"
_EXCEPTIONS = "DELETE FROM exception WHERE tenant_id = %s AND exception_id = ANY (%s)"


_RECORDED = """
    SELECT count(*), coalesce(sum(events), 0)::bigint FROM erasure
    WHERE tenant_id = %s AND exception_id = ANY (%s) AND operation_id = %s
"""


class Erased(NamedTuple):
    """How many rows went."""

    exceptions: int
    events: int


class ErasureRepository(Repository):
    """Works in a Maintenance scope only: the door opens for the owner."""

    def enter(self, tenant_id: str) -> None:
        """Work on this tenant's rows from here on: the owner too sees one tenant at a time.

        Raises Refused in any other scope, which stays the one that it is.
        """
        if not isinstance(self._scope, Maintenance):
            raise Refused("not_permitted", "only maintenance erases", why=f"this is {type(self._scope).__name__}")
        driver(self._connection).execute(sql.SQL("SET LOCAL sentinai.tenant_id = {}").format(tenant_id))

    def erase(self, tenant_id: str, exception_ids: Sequence[str], *, reason: str, operation_id: UUID) -> Erased:
        """Erase one tenant's exceptions with their events; those that are not there are passed over.

        `operation_id` is the journal entry of the act. Raises Refused when one of them is under a legal hold, with
        nothing erased, and when the log is not whole enough for the leaves to be told: verify it first.
        """
        connection, ids = driver(self._connection), list(exception_ids)
        self.enter(tenant_id)
        holds = LegalHoldRepository(self._connection, self._scope)
        holds.keep_out(tenant_id)
        if held := holds.on_exceptions(tenant_id, ids):
            raise under_hold(held[0])
        connection.execute(_LOCK, [tenant_id, ids])
        connection.execute(_RECORD, [reason, operation_id, tenant_id, ids])
        events = connection.execute(_EVENTS, [tenant_id, ids]).rowcount
        return Erased(connection.execute(_EXCEPTIONS, [tenant_id, ids]).rowcount, events)

    def recorded(self, tenant_id: str, exception_ids: Sequence[str], operation_id: UUID) -> Erased:
        """How many of these an operation has erased, whenever that was."""
        self.enter(tenant_id)
        row = driver(self._connection).execute(_RECORDED, [tenant_id, list(exception_ids), operation_id]).fetchone()
        assert row is not None
        return Erased(*row)
