"""The orders that lists come in, and how a page goes on behind a row.

A row comparison finds its place in an index; spelled out with OR, every row before it would be read. Where the value
may be missing, rows without one are a part of their own behind the others: no comparison with null is ever true.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Double, Numeric, cast, func, literal, tuple_
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from sentinai_cli.db.schema import exception
from sentinai_cli.models.exception import ExceptionFilter, ExceptionKey, Sort, Status

Columns = ReadOnlyColumnCollection[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """Columns in order, the last two naming the row. With `last` the first one may be missing and those come last."""

    names: tuple[str, ...]
    descending: bool
    last: bool = False

    def by(self, columns: Columns) -> list[ColumnElement[Any]]:
        """What ORDER BY says."""
        sorted_by = [columns[name].desc() if self.descending else columns[name].asc() for name in self.names]
        if self.last:
            sorted_by[0] = sorted_by[0].nulls_last()
        return sorted_by

    def behind(self, key: ExceptionKey) -> ColumnElement[bool]:
        """What holds for rows that come behind `key`, which has every value."""
        place = tuple_(*[exception.c[name] for name in self.names])
        values = tuple_(*[_value(key, name) for name in self.names])
        return place < values if self.descending else place > values


class Part(NamedTuple):
    """A part of a list: which rows, and their order."""

    conditions: list[ColumnElement[bool]]
    order: Order


_LARGEST_RANK = Decimal("1e30")
_ROW = ("exception_id", "tenant_id")
_NEWEST = Order(("created_at", *_ROW), descending=True)
_SEVEREST = Order(("severity_rank", "created_at", *_ROW), descending=True)
_LARGEST = Order(("amount_rank", *_ROW), descending=True, last=True)
_NEAREST = Order(("sla_deadline", *_ROW), descending=False, last=True)


def parts(sort: Sort, after: ExceptionKey | None, chosen: ExceptionFilter) -> list[Part]:
    """What is left of a list behind `after`: the parts follow one another. None is there that the filter empties."""
    match sort:
        case Sort.CREATED:
            return [_part([], _NEWEST, after)]
        case Sort.SEVERITY:
            return [_part([], _SEVEREST, after)]
        case Sort.AMOUNT:
            return list(_with_and_without([], _LARGEST, after))
        case Sort.DEADLINE:
            return list(_by_deadline(after, chosen))


def rank_of(amount: Decimal) -> ColumnElement[Any]:
    """An amount's place in order, as the column `amount_rank` has it."""
    held = func.least(func.greatest(func.round(literal(amount, Numeric), 12), -_LARGEST_RANK), _LARGEST_RANK)
    return cast(held, Double)


def _by_deadline(after: ExceptionKey | None, chosen: ExceptionFilter) -> Iterator[Part]:
    """What is not resolved by its deadline; then what is resolved, whose deadline matters no more, by time."""
    resolved = exception.c.status == Status.RESOLVED.value
    if (after is None or not after.resolved) and chosen.statuses != (Status.RESOLVED,):
        yield from _with_and_without([exception.c.status != Status.RESOLVED.value], _NEAREST, after)
    wanted = not chosen.statuses or Status.RESOLVED in chosen.statuses
    if wanted and not chosen.unresolved and Status.RESOLVED not in chosen.not_statuses:
        yield _part([resolved], _NEWEST, after if after is not None and after.resolved else None)


def _with_and_without(
    conditions: list[ColumnElement[bool]], order: Order, after: ExceptionKey | None
) -> Iterator[Part]:
    """Rows that have the first value, then those that have none."""
    first = exception.c[order.names[0]]
    if after is not None and _value(after, order.names[0]) is None:
        yield Part([*conditions, first.is_(None), Order(_ROW, order.descending).behind(after)], order)
        return
    with_it = [first.is_not(None)] if after is None else [order.behind(after)]
    yield Part([*conditions, *with_it], order)
    yield Part([*conditions, first.is_(None)], order)


def _part(conditions: list[ColumnElement[bool]], order: Order, after: ExceptionKey | None) -> Part:
    return Part([*conditions, *([] if after is None else [order.behind(after)])], order)


def _value(key: ExceptionKey, name: str) -> object:
    match name:
        case "severity_rank":
            return None if key.severity is None else key.severity.rank
        case "amount_rank":
            return None if key.amount is None else rank_of(key.amount)
    return getattr(key, name)
