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
        columns = [sql.SQL("type"), *(column for column, _ in _columns(reading)), sql.SQL("exception_id")]
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
    for cell, (_, (name, member)) in zip(cells, _columns(reading), strict=True):
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


def decoded_id(identity: bytes) -> str:
    """The exception id that was streamed."""
    return _text(identity.rstrip(b"\n"))


def _columns(reading: Reading) -> Iterator[tuple[sql.Composable, tuple[str, str | None]]]:
    """Each column after the type: its expression, and the attribute or member of a document that it is."""
    if reading.source_system:
        yield sql.SQL("source_system"), ("source_system", None)
    if reading.amount:
        yield sql.SQL("amount"), ("amount", None)
    for column, name, members in (
        ("raw_payload", "raw_payload", reading.raw_payload),
        ("normalized_context", "context", reading.context),
    ):
        if members is None:
            yield sql.Identifier(column), (name, None)
        for member in sorted(members or ()):
            yield sql.SQL("{} -> {}").format(sql.Identifier(column), member), (name, member)


def _text(cell: bytes) -> str:
    if b"\\" in cell:
        cell = _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), cell)
    return cell.decode()
