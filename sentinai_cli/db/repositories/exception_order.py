"""The orders that lists come in, and how a page goes on behind a row.

A row comparison finds its place in an index; spelled out with OR, every row before it would be read. Where the value
may be missing, rows without one are a part of their own behind the others: no comparison with null is ever true.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, tuple_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from sentinai_cli.db.schema import exception
from sentinai_cli.models.exception import ExceptionKey, Sort

Columns = ReadOnlyColumnCollection[str, Any]


@dataclass(frozen=True, slots=True)
class _Order:
    """Columns in order, the last two naming the row. With `last` the first one may be missing and those come last."""

    names: tuple[str, ...]
    descending: bool
    last: bool = False


_ROW = ("exception_id", "tenant_id")
_ORDERS = {
    Sort.CREATED: _Order(("created_at", *_ROW), descending=True),
    Sort.SEVERITY: _Order(("severity_rank", "created_at", *_ROW), descending=True),
    Sort.AMOUNT: _Order(("amount", *_ROW), descending=True, last=True),
    Sort.DEADLINE: _Order(("sla_deadline", *_ROW), descending=False, last=True),
}


def ordered(sort: Sort, columns: Columns) -> list[ColumnElement[Any]]:
    """What ORDER BY says."""
    order = _ORDERS[sort]
    sorted_by = [columns[name].desc() if order.descending else columns[name].asc() for name in order.names]
    if order.last:
        sorted_by[0] = sorted_by[0].nulls_last()
    return sorted_by


def parts(sort: Sort, after: ExceptionKey | None) -> list[list[ColumnElement[bool]]]:
    """The conditions of each part of the list that is left behind `after`; the parts follow one another."""
    order = _ORDERS[sort]
    first = exception.c[order.names[0]]
    if not order.last:
        return [[] if after is None else [_behind(order, after)]]
    without: list[ColumnElement[bool]] = [first.is_(None)]
    if after is None:
        return [[first.is_not(None)], without]
    if _value(after, order.names[0]) is None:
        return [[*without, _behind(_Order(_ROW, order.descending), after)]]
    return [[_behind(order, after)], without]


def _behind(order: _Order, after: ExceptionKey) -> ColumnElement[bool]:
    place = tuple_(*[exception.c[name] for name in order.names])
    values = tuple_(*[_value(after, name) for name in order.names])
    return place < values if order.descending else place > values


def _value(key: ExceptionKey, name: str) -> object:
    if name == "severity_rank":
        return None if key.severity is None else key.severity.rank
    return getattr(key, name)
