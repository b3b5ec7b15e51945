"""Whether an exception's events hold together: numbers, contents, links, head, record and state."""

import hashlib
import json
from datetime import datetime

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.event import EventType
from sentinai_cli.models.event_check import Break, BreakKind, Findings
from sentinai_cli.models.event_fold import Contradiction, State, Told, fold
from sentinai_cli.models.event_hash import LEAF, RECORD, chain_hash
from sentinai_cli.models.event_row import EventRow, RecordRow, canonical_row

_TELL_RECORD = (EventType.EXCEPTION_CREATED.value, EventType.EXCEPTION_UPDATED.value)
_NOT_OURS = (InvalidInput, AttributeError, TypeError, ValueError, RecursionError)
"""What comes of reading values that we could not have stored, NULL among them."""
_MOMENTS = ("sla_deadline", "resolved_at")


class ChainCheck:
    """One exception's chain, event by event: `see` each one in order, then `finish`. Breaks go to `found`.

    With `folded` the row must also be what its events say, which needs them from the first one on.
    """

    def __init__(self, record: RecordRow, found: Findings, *, folded: bool = False) -> None:
        self._record = record
        self._found = found
        self._number = record.start_no
        self._hash = record.start_hash
        self._told = record.start_digest
        self._folding = folded
        self._state: State | None = None

    def see(self, event: EventRow) -> None:
        """Check one event against itself and the one before."""
        self._number += 1
        if event.event_no != self._number:
            self._break(event.event_no, BreakKind.GAP, f"event {self._number} expected here")
            self._number = event.event_no
        leaf = stored_leaf(event)
        if leaf is None or leaf != event.leaf:
            self._break(self._number, BreakKind.CONTENT, "the event is not what its leaf hash says")
        if chain_hash(self._hash, event.event_no, event.leaf) != event.hash:
            self._break(self._number, BreakKind.LINK, "the hash does not follow from the event before")
        self._hash = event.hash
        if event.event_type in _TELL_RECORD:
            self._told = _told_digest(event.payload) or self._told
        if self._folding:
            self._fold(event)

    def finish(self) -> None:
        """Check the exception against its last event."""
        record = self._record
        if (record.last_event_no, record.last_event_hash) != (self._number, self._hash if self._number else None):
            ends = f"the exception's head is event {record.last_event_no}, the log ends with event {self._number}"
            self._break(None, BreakKind.HEAD, ends)
        if self._told is not None and stored_digest(record) != self._told:
            self._break(None, BreakKind.RECORD, "the exception is not what its events say it is")
        if self._folding and self._state is not None:
            self._compare(self._state)

    def _fold(self, event: EventRow) -> None:
        try:
            told = Told(
                event.event_no, event.event_type, json.loads(event.payload), datetime.fromisoformat(event.created_at)
            )
            self._state = fold([told], self._state)
        except Contradiction as error:
            self._stop_folding(event, error.why or error.what)
        except ValueError as error:
            self._stop_folding(event, str(error))

    def _stop_folding(self, event: EventRow, why: str) -> None:
        """What follows an event that cannot be is a state of nothing."""
        self._folding = False
        self._break(event.event_no, BreakKind.STATE, why)

    def _compare(self, state: State) -> None:
        expected = {**state.columns(), "updated_at": state.updated_at}
        for name, value in expected.items():
            held = getattr(self._record, name)
            if (_moment(held) if isinstance(value, datetime) or name in _MOMENTS else held) != value:
                detail = f"{name} is {held}, its events make it {_shown(value)}"
                self._break(None, BreakKind.STATE, detail)

    def _break(self, event_no: int | None, kind: BreakKind, detail: str) -> None:
        self._found.add(
            Break(
                tenant_id=self._record.tenant_id,
                exception_id=self._record.exception_id,
                event_no=event_no,
                kind=kind,
                detail=detail,
            )
        )


def orphan(event: EventRow) -> Break:
    """The break of an event whose exception does not exist."""
    return Break(
        tenant_id=event.tenant_id,
        exception_id=event.exception_id,
        event_no=event.event_no,
        kind=BreakKind.ORPHAN,
        detail="its exception does not exist",
    )


def stored_leaf(event: EventRow) -> bytes | None:
    """The leaf of a stored event, as `event_leaf` makes it; None for what we could not have stored."""
    members: dict[str, object] = {
        "tenant_id": event.tenant_id,
        "exception_id": event.exception_id,
        "event_id": event.event_id,
        "event_type": event.event_type,
        "actor_type": event.actor_type,
        "actor_id": event.actor_id,
        "created_at": event.created_at,
    }
    try:
        return hashlib.sha256(LEAF + canonical_row(members, {"payload": event.payload})).digest()
    except _NOT_OURS:
        return None


def stored_digest(record: RecordRow) -> str | None:
    """The digest of a stored exception, hex, as `record_digest` makes it; None for what we could not have stored."""
    members: dict[str, object] = {
        "tenant_id": record.tenant_id,
        "exception_id": record.exception_id,
        "domain": record.domain,
        "type": record.type,
        "source_system": record.source_system,
        "entity": record.entity,
        "amount": record.amount,
        "currency": record.currency,
        "created_at": record.created_at,
    }
    documents = {"raw_payload": record.raw_payload, "normalized_context": record.normalized_context}
    try:
        return hashlib.sha256(RECORD + canonical_row(members, documents)).hexdigest()
    except _NOT_OURS:
        return None


def _told_digest(payload: str) -> str | None:
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    digest = told.get("record_digest") if isinstance(told, dict) else None
    return digest if isinstance(digest, str) else None


def _moment(text: str | None) -> datetime | None:
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:  # infinite, or before year 1
        return None


def _shown(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def follows(event: EventRow, previous_no: int, previous_hash: bytes) -> bool:
    """Whether an event is what its hashes say, and the one after event `previous_no`."""
    return (
        event.event_no == previous_no + 1
        and stored_leaf(event) == event.leaf != b""
        and chain_hash(previous_hash, event.event_no, event.leaf) == event.hash
    )
