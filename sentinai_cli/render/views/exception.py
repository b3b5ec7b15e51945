"""Exceptions on a terminal."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.exception import (
    ExceptionCount,
    ExceptionList,
    ExceptionStats,
    ExceptionSummary,
    ExceptionTotal,
    Status,
)
from sentinai_cli.models.exception_record import ExceptionRecordList
from sentinai_cli.render.grid import Column, Grid
from sentinai_cli.render.human import money, plural, stamp
from sentinai_cli.render.style import BAD, FAINT, GOOD, TITLE, identity, line, member, missing, words
from sentinai_cli.render.views.part import age, optional, time_left
from sentinai_cli.render.views.view import view

_DIGESTS = ("record_digest",)


@view.register
def _exceptions(model: ExceptionList, at: datetime) -> RenderableType:
    if not model.items:
        return words("No exceptions match.", FAINT)
    # Beside others a row is no good without its tenant; where all are of one, that is the last thing to know.
    several = len({item.tenant_id for item in model.items}) > 1
    return Grid(
        [
            Column("exception"),
            Column("severity"),
            Column("status"),
            Column("sla", 2, right=True),
            Column("type", 3 if several else 1),
            Column("tenant", 1 if several else 9),
            Column("age", 4, right=True),
            Column("entity", 6),
            Column("amount", 5, right=True),
            Column("owner", 7),
            Column("source", 8),
        ],
        [_line(item, at) for item in model.items],
    )


def _line(item: ExceptionSummary, at: datetime) -> list[Text]:
    return [
        identity(item.exception_id),
        member(item.severity),
        member(item.status),
        _sla(item, at),
        words(item.type),
        words(item.tenant_id),
        age(item.created_at, at),
        optional(item.entity),
        amount_of(item),
        optional(item.owner),
        words(item.source_system, FAINT),
    ]


def _sla(item: ExceptionSummary, at: datetime) -> Text:
    return missing() if item.status is Status.RESOLVED else time_left(item.sla_deadline, at)


def amount_of(item: ExceptionSummary) -> Text:
    """The money, with its currency."""
    return missing() if item.amount is None else words(money(item.amount, item.currency))


@view.register
def _total(model: ExceptionTotal, at: datetime) -> RenderableType:
    return words(plural(model.count, "exception"), TITLE)


@view.register
def _records(model: ExceptionRecordList, at: datetime) -> RenderableType:
    if not model.items:
        return words("No exceptions match.", FAINT)
    several = len({item.tenantId for item in model.items}) > 1
    return Grid(
        [
            Column("exception"),
            Column("severity"),
            Column("type", 2 if several else 1),
            Column("tenant", 1 if several else 9),
            Column("created", 3),
            Column("entity", 5),
            Column("amount", 4, right=True),
        ],
        [
            [
                identity(item.exceptionId),
                member(item.severity),
                words(item.exceptionType),
                words(item.tenantId),
                words(stamp(item.timestamp)),
                optional(item.entity),
                optional(None if item.amount is None else money(Decimal(item.amount), item.currency)),
            ]
            for item in model.items
        ],
    )


@view.register
def _stats(model: ExceptionStats, at: datetime) -> RenderableType:
    breached = words(f"{model.breached:,} past their deadline", BAD if model.breached else GOOD)
    total = words(plural(model.exceptions, "exception"), TITLE)
    head = line(total, f", {model.unresolved:,} unresolved, ", breached)
    return Group(head, Text(), _matrix(model.items)) if model.items else head


def _matrix(groups: tuple[ExceptionCount, ...]) -> Grid:
    """Tenant, type and severity against status; the worst and most unresolved first within each tenant."""
    counts: defaultdict[tuple[str, str, str], dict[Status, int]] = defaultdict(dict)
    rank = {}
    for group in groups:
        key = (group.tenant_id, group.type, group.severity.value)
        counts[key][group.status] = counts[key].get(group.status, 0) + group.count
        rank[key] = group.severity.rank

    def order(key: tuple[str, str, str]) -> tuple[str, int, int, str]:
        unresolved = sum(number for status, number in counts[key].items() if status is not Status.RESOLVED)
        return key[0], -rank[key], -unresolved, key[1]

    lines: list[list[Text] | Text] = []
    for tenant_id, keys in groupby(sorted(counts, key=order), key=itemgetter(0)):
        lines.append(identity(tenant_id))
        for key in keys:
            numbers = [_number(counts[key].get(status, 0)) for status in Status]
            total = words(f"{sum(counts[key].values()):,}", TITLE)
            lines.append([words(f"  {key[1]}"), member(key[2]), *numbers, total])
    return Grid(
        [
            Column("type"),
            Column("severity"),
            *[Column(status.value, right=True) for status in Status],
            Column("total", 1, right=True),
        ],
        lines,
    )


def _number(count: int) -> Text:
    return words(f"{count:,}") if count else words("·", FAINT)
