"""Exceptions cut down to what a rule may look at, streamed in constant memory.

The server sends rows as COPY text. A row but for its id is the vector's key: equal keys are equal vectors, so that
whoever decides by them needs to decode each key only once.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from psycopg import sql

from sentinai_cli.db.driver import driver
from sentinai_cli.db.repositories.base import Repository
from sentinai_cli.models.reading import Reading

_NULL = b"\\N"
_ESCAPE = re.compile(rb"\\(.)", re.DOTALL)
_ESCAPED = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


@dataclass(frozen=True, slots=True)
class ExceptionVector:
    """What was asked for of an exception; the rest is absent: documents lack it, attributes are empty or None."""

    type: str
    source_system: str
    amount: Decimal | None
    raw_payload: Mapping[str, object]
    context: Mapping[str, object]


class ExceptionVectorRepository(Repository):
    def stream(self, tenant_id: str, reading: Reading, *, since: datetime | None) -> Iterator[tuple[bytes, bytes]]:
        """The key and the id (see `decoded_id`) of each exception of a tenant, created at or after `since`."""
        columns = [sql.SQL("type"), *(_expression(*place) for place in _places(reading)), sql.SQL("exception_id")]
        conditions = [sql.SQL("tenant_id = {}").format(tenant_id)]
        if since is not None:
            conditions.append(sql.SQL("created_at >= {}").format(since))
        if (own := getattr(self._scope, "tenant_id", tenant_id)) != tenant_id:
            conditions.append(sql.SQL("tenant_id = {}").format(own))
        statement = sql.SQL("COPY (SELECT {} FROM exception WHERE {}) TO STDOUT").format(
            sql.SQL(", ").join(columns), sql.SQL(" AND ").join(conditions)
        )
        with driver(self._connection).cursor().copy(statement) as copy:
            for row in copy:
                key, _, identity = bytes(row).rpartition(b"\t")
                yield key, identity


def decoded(key: bytes, reading: Reading) -> ExceptionVector:
    """The vector of a key that was streamed for this reading."""
    kind, *cells = key.split(b"\t")
    found: dict[str, Any] = {"source_system": "", "amount": None, "raw_payload": {}, "context": {}}
    for cell, (name, member) in zip(cells, _places(reading), strict=True):
        if cell == _NULL:
            continue
        text = _text(cell)
        if name == "source_system":
            found[name] = text
        elif name == "amount":
            found[name] = Decimal(text)
        elif member is None:
            found[name] = json.loads(text)
        else:
            found[name][member] = json.loads(text)
    return ExceptionVector(type=_text(kind), **found)


def positions(reading: Reading, wanted: Reading) -> tuple[int, ...]:
    """Which cells of a key that was streamed for `reading` hold what `wanted`, a part of it, asks for."""
    asked = set(_places(wanted))
    whole = {name for name, member in asked if member is None}
    return tuple(
        number
        for number, (name, member) in enumerate(_places(reading), start=1)
        if (name, member) in asked or name in whole or (member is None and any(name == other for other, _ in asked))
    )


def decoded_id(identity: bytes) -> str:
    """The exception id that was streamed."""
    return _text(identity.rstrip(b"\n"))


@lru_cache(maxsize=64)
def _places(reading: Reading) -> tuple[tuple[str, str | None], ...]:
    """What each column after the type is: an attribute or document, and the member of it, None for the whole."""
    found: list[tuple[str, str | None]] = []
    if reading.source_system:
        found.append(("source_system", None))
    if reading.amount:
        found.append(("amount", None))
    for name, members in (("raw_payload", reading.raw_payload), ("context", reading.context)):
        found += [(name, None)] if members is None else [(name, member) for member in sorted(members)]
    return tuple(found)


def _expression(name: str, member: str | None) -> sql.Composable:
    column = sql.Identifier("normalized_context" if name == "context" else name)
    return column if member is None else sql.SQL("{} -> {}").format(column, member)


def _text(cell: bytes) -> str:
    if b"\\" in cell:
        cell = _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), cell)
    return cell.decode()
