"""A glance at many chains and a close look at each come to the same, whatever was done to them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.models.event_chain import ChainCheck, orphan
from sentinai_cli.models.event_check import Findings
from sentinai_cli.models.event_glance import Glance
from sentinai_cli.models.event_hash import GENESIS, canonical_time, chain_hash, event_leaf, record_digest
from sentinai_cli.models.event_row import EventRow, RawRow, RecordRow, event_row, record_row

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=6)
NUMBER = st.integers(-(2**53) + 1, 2**53 - 1) | st.sampled_from([0.5, -1.25, 1e-7, 100.0])
DOCUMENT: st.SearchStrategy[dict[str, object]] = st.dictionaries(
    TEXT,
    st.recursive(NUMBER | TEXT | st.booleans() | st.none(), lambda inner: st.lists(inner, max_size=2), max_leaves=3),
    max_size=3,
)
BINARY = {
    len(fields): {fields.index(name) for name in fields if name.endswith(("hash", "leaf", "_no"))}
    for fields in (EventRow._fields, RecordRow._fields)
}
"""The columns that hold no text, by how many columns there are."""
Rows = tuple[list[RawRow], list[RawRow]]


def printed(document: object) -> bytes:
    """A document as the database prints it: other spaces and another order of keys than the canonical form has."""
    if isinstance(document, dict):
        document = dict(sorted(document.items(), key=lambda item: (len(item[0].encode()), item[0].encode())))
    return json.dumps(document, ensure_ascii=False).encode()


@st.composite
def logs(draw: st.DrawFn) -> Rows:
    """Exceptions of two tenants with their events, as rows."""
    records: list[RawRow] = []
    events: list[RawRow] = []
    for tenant, name in draw(st.lists(st.tuples(st.sampled_from("AB"), TEXT), min_size=1, max_size=3, unique=True)):
        record, own = chain_of(draw, tenant, name)
        records.append(record)
        events += own
    return sorted(records), sorted(events)


def chain_of(draw: st.DrawFn, tenant: str, name: str) -> tuple[RawRow, list[RawRow]]:
    said: dict[str, Any] = {name: draw(TEXT) for name in ("domain", "type", "source_system")}
    said["entity"] = draw(TEXT | st.none())
    raw, context = draw(DOCUMENT), draw(DOCUMENT)
    digest = record_digest(
        tenant_id=tenant,
        exception_id=name,
        **said,
        amount=None,
        currency=None,
        raw_payload=raw,
        normalized_context=context,
        created_at=START,
    )
    told: list[tuple[str, dict[str, object]]] = [("ExceptionCreated", {"record_digest": digest.hex()})]
    told += [(draw(st.sampled_from(["CommentAdded", "X"])), draw(DOCUMENT)) for _ in range(draw(st.integers(0, 3)))]
    link, events = GENESIS, []
    for number, (kind, payload) in enumerate(told, start=1):
        event_id, actor, at = UUID(int=number), draw(TEXT), START + timedelta(microseconds=draw(st.integers(0, 10**9)))
        leaf = event_leaf(
            tenant_id=tenant,
            exception_id=name,
            event_id=event_id,
            event_type=kind,
            actor_type="user",
            actor_id=actor,
            payload=payload,
            created_at=at,
        )
        link = chain_hash(link, number, leaf)
        texts = (str(event_id), kind, "user", actor)
        key = (tenant.encode(), name.encode())
        envelope = (eight(number), *(text.encode() for text in texts), printed(payload), canonical_time(at).encode())
        events.append((*key, *envelope, leaf, link))
    columns: dict[str, bytes | None] = {name: text and text.encode() for name, text in said.items()}
    columns |= {
        "tenant_id": tenant.encode(),
        "exception_id": name.encode(),
        "created_at": canonical_time(START).encode(),
    }
    columns |= {"raw_payload": printed(raw), "normalized_context": printed(context)}
    columns |= {"last_event_no": eight(len(told)), "last_event_hash": link, "start_no": eight(0), "start_hash": GENESIS}
    return tuple(columns.get(field) for field in RecordRow._fields), events


def eight(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)


class Everything:
    """The documents of rows that came without them."""

    def __init__(self, rows: Rows) -> None:
        self._records = {row[:2]: row for row in rows[0]}
        self._events = {row[:3]: row for row in rows[1]}

    def whole_event(self, event: RawRow) -> RawRow:
        return self._events[event[:3]]

    def whole_record(self, record: RawRow) -> RawRow:
        return self._records[record[:2]]


def without(row: RawRow, *columns: int) -> RawRow:
    return tuple(None if at in columns else value for at, value in enumerate(row))


def is_whole_at_a_glance(rows: Rows, together: int, *, large: bool = False) -> bool:
    records, events = rows
    if large:
        payload, raw = EventRow._fields.index("payload"), RecordRow._fields.index("raw_payload")
        events = [without(row, payload) if number % 2 else row for number, row in enumerate(events)]
        records = [without(row, raw + number % 2) for number, row in enumerate(records)]
    look = Glance(records)
    for at in range(0, len(events), together):
        look.see(events[at : at + together])
    return look.is_whole(Everything(rows))


def is_whole_looked_at_closely(rows: Rows) -> bool:
    found = Findings()
    records = {row[:2]: record_row(row) for row in rows[0]}
    checks = {key: ChainCheck(record, found) for key, record in records.items()}
    for key, chain in groupby(rows[1], key=lambda row: row[:2]):
        for row in chain:
            if key in checks:
                checks[key].see(event_row(row))
            else:
                found.add(orphan(event_row(row)))
    for check in checks.values():
        check.finish()
    return found.broken == 0


@given(logs(), st.integers(1, 4), st.booleans())
@settings(max_examples=25)
def test_whole_chains_are_whole_at_a_glance(rows: Rows, together: int, large: bool) -> None:
    assert is_whole_looked_at_closely(rows)
    assert is_whole_at_a_glance(rows, together, large=large)


def damages(rows: list[RawRow]) -> Iterator[list[RawRow]]:
    """The rows with one of them gone, there twice, or with another value in some column, in every way."""
    for at, row in enumerate(rows):
        yield from (with_instead(rows, at, *fresh) for fresh in ([], [row, row]))
        for column, value in enumerate(row):
            flipped = value[:-1] + bytes([value[-1] ^ 1]) if value and column in BINARY[len(row)] else b"9"
            others = {flipped, (value or b"") + b"9", *(other[column] for other in rows)} - {value}
            if column > 1:
                others |= {None} - {value}
            yield from (with_instead(rows, at, (*row[:column], other, *row[column + 1 :])) for other in others)


def with_instead(rows: list[RawRow], at: int, *fresh: RawRow) -> list[RawRow]:
    return sorted([*rows[:at], *fresh, *rows[at + 1 :]], key=lambda row: (row[:2], row[2] or b""))


@given(logs(), st.integers(1, 4), st.booleans())
@settings(max_examples=12)
def test_what_is_whole_at_a_glance_is_whole_looked_at_closely(rows: Rows, together: int, large: bool) -> None:
    records, events = rows
    for damaged in [
        *((other, events) for other in damages(records) if len({row[:2] for row in other}) == len(other)),
        *((records, other) for other in damages(events)),
    ]:
        assert not is_whole_at_a_glance(damaged, together, large=large) or is_whole_looked_at_closely(damaged)
