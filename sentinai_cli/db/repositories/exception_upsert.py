"""Putting records where exceptions may be already: new ones with their first events, changed ones with one more.

Nothing is ever written over without an event, and no status is touched. Rows are locked in one order, so that writers
of the same exceptions never wait for each other in a circle; the events behind a locked row are linked by the client.
"""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ARRAY, ColumnElement, Text, any_, bindparam, select

from sentinai_cli.db.driver import driver
from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.db.repositories.bulk_load import load_missing
from sentinai_cli.db.repositories.copy_text import EVENT, CopyText, copy_text
from sentinai_cli.db.schema import exception
from sentinai_cli.errors import Conflict
from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.event import NewEvent
from sentinai_cli.models.exception import NewException, Severity
from sentinai_cli.models.exception_change import (
    RECORD_FIELDS,
    Author,
    ExceptionPatch,
    Revision,
    StoredException,
    Upserted,
    revision,
    steps_of,
)
from sentinai_cli.models.prepared_exception import prepared

_STORED = [exception.c[name] for name in StoredException.__slots__]
_WRITTEN = (*RECORD_FIELDS, "severity", "sla_deadline", "owner", "source_digest")
_REVISE = f"""
    UPDATE exception SET {", ".join(f"{name} = %({name})s" for name in _WRITTEN)},
        updated_at = %(updated_at)s, last_event_no = %(last_event_no)s, last_event_hash = %(last_event_hash)s
    WHERE tenant_id = %(tenant_id)s AND exception_id = %(exception_id)s
"""  # noqa: S608 - made of constants, as the one below
_APPEND = f"INSERT INTO exception_event ({EVENT}) VALUES ({', '.join(['%s'] * 11)})"  # noqa: S608


class ExceptionUpsertRepository(Repository):
    def digests(self, tenant_id: str, exception_ids: Iterable[str]) -> dict[str, bytes]:
        """The source digests of those exceptions that exist."""
        wanted = select(exception.c.exception_id, exception.c.source_digest).where(
            self._in_scope(exception),
            exception.c.tenant_id == tenant_id,
            _is_one_of(exception_ids),
        )
        return {row[0]: row[1] for row in self._connection.execute(wanted)}

    def add(self, tenant_id: str, rows: CopyText) -> list[str]:
        """Insert those exceptions of the tenant that are not there yet, events included; their ids."""
        return load_missing(driver(self._connection), tenant_id, rows)

    def lock(self, tenant_id: str, exception_ids: Collection[str]) -> dict[str, StoredException]:
        """Those that exist, by id; nobody else changes them until the transaction ends."""
        return self._stored(tenant_id, exception_ids, lock=True)

    def look(self, tenant_id: str, exception_ids: Collection[str]) -> dict[str, StoredException]:
        """The same without holding anybody up, for a dry run."""
        return self._stored(tenant_id, exception_ids, lock=False)

    def _stored(self, tenant_id: str, exception_ids: Collection[str], *, lock: bool) -> dict[str, StoredException]:
        if not exception_ids:
            return {}
        wanted = (
            select(*_STORED)
            .where(
                self._in_scope(exception),
                exception.c.tenant_id == tenant_id,
                _is_one_of(exception_ids),
            )
            .order_by(exception.c.tenant_id, exception.c.exception_id)
        )
        rows = self._connection.execute(wanted.with_for_update() if lock else wanted).mappings()
        return {row["exception_id"]: StoredException(**{**row, "severity": Severity(row["severity"])}) for row in rows}

    def revise(self, revisions: Sequence[Revision]) -> None:
        """Write exceptions as they are to be, and their events. Each was locked in this transaction."""
        if not revisions:
            return
        with driver(self._connection).cursor() as cursor:
            cursor.executemany(_REVISE, [_row(one) for one in revisions])
            cursor.executemany(_APPEND, [_event(one.stored, event) for one in revisions for event in one.events])

    def upsert_exception(self, record: NewException, by: Author) -> Upserted:
        """Insert the record with its events, or change the exception that is there into it by ExceptionUpdated.

        A record with the digest that was put there last changes nothing, whatever operators did since; a change never
        touches status, severity, deadline, owner or playbook. Raises Conflict for a record of another domain, type or
        creation time than the exception has, since those never change.
        """
        if self.add(record.tenant_id, copy_text(record.tenant_id, [prepared(record)])):
            return Upserted.CREATED
        stored = self.lock(record.tenant_id, [record.exception_id])[record.exception_id]
        if stored.source_digest == record.source_digest:
            return Upserted.UNCHANGED
        if stored.fixed != (record.domain, record.type, record.created_at):
            raise differs(record.tenant_id, record.exception_id)
        values = {name: getattr(record, name) for name in RECORD_FIELDS}
        steps = steps_of(stored, values)
        if not steps:
            return Upserted.UNCHANGED
        self.revise([revision(stored, {**values, "source_digest": record.source_digest}, steps, by)])
        return Upserted.UPDATED

    def update_exception(
        self, tenant_id: str, exception_id: str, patch: ExceptionPatch, by: Author, *, reason: str | None = None
    ) -> tuple[NewEvent, ...]:
        """Give an exception the values of the patch, and append the events that tell of it; none if it has them.

        Raises LookupError for an exception that does not exist. What is given is for the caller to have checked.
        """
        stored = self.lock(tenant_id, [exception_id]).get(exception_id)
        if stored is None:
            raise LookupError(exception_id)
        values = patch.given()
        steps = steps_of(stored, values, reason)
        if not steps:
            return ()
        made = revision(stored, values, steps, by)
        self.revise([made])
        return made.events


def _is_one_of(exception_ids: Iterable[str]) -> ColumnElement[bool]:
    """As one parameter, however many there are."""
    return exception.c.exception_id == any_(bindparam("ids", list(exception_ids), ARRAY(Text)))


def differs(tenant_id: str, exception_id: str) -> Conflict:
    """The failure of a record that cannot be a later one of the exception that has its id."""
    return Conflict(
        "exception_differs",
        f"the exception {exception_id} is another one than the record's",
        why="domain, type and creation time of an exception never change",
        fix=f"sentinai exceptions show {exception_id} --tenant {tenant_id}",
    )


def _row(one: Revision) -> dict[str, object]:
    row: dict[str, object] = {}
    for name in _WRITTEN:
        value = one.values.get(name, getattr(one.stored, name))
        row[name] = canonical_bytes(value).decode() if isinstance(value, dict) else value
    last = one.events[-1]
    return row | {
        "tenant_id": one.stored.tenant_id,
        "exception_id": one.stored.exception_id,
        "updated_at": last.created_at,
        "last_event_no": last.event_no,
        "last_event_hash": last.hash,
    }


def _event(stored: StoredException, event: NewEvent) -> tuple[object, ...]:
    return (
        stored.tenant_id,
        stored.exception_id,
        event.event_no,
        event.event_id,
        event.event_type.value,
        event.actor_type.value,
        event.actor_id,
        canonical_bytes(event.payload).decode(),
        event.created_at,
        event.leaf,
        event.hash,
    )
