"""Exceptions on a terminal."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from operator import itemgetter

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.event import Event
from sentinai_cli.models.exception import (
    ExceptionCount,
    ExceptionDetail,
    ExceptionList,
    ExceptionStats,
    ExceptionSummary,
    ExceptionTotal,
    Status,
)
from sentinai_cli.models.exception_record import ExceptionRecordList
from sentinai_cli.render.document import encode
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import money, plural, span, stamp
from sentinai_cli.render.style import BAD, FAINT, GOOD, TITLE, identity, line, member, missing, words
from sentinai_cli.render.views.part import age, document, optional, time_left, title, when
from sentinai_cli.render.views.view import view

_DIGESTS = ("record_digest",)


@view.register
def _exceptions(model: ExceptionList, at: datetime) -> RenderableType:
    if not model.items:
        return words("No exceptions match.", FAINT)
    return Grid(
        [
            Column("exception"),
            Column("severity"),
            Column("status"),
            Column("sla", 2, right=True),
            Column("type", 1),
            Column("tenant", 4),
            Column("age", 3, right=True),
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
        _amount(item),
        optional(item.owner),
        words(item.source_system, FAINT),
    ]


def _sla(item: ExceptionSummary, at: datetime) -> Text:
    return missing() if item.status is Status.RESOLVED else time_left(item.sla_deadline, at)


def _deadline(item: ExceptionSummary, at: datetime) -> Text:
    if item.sla_deadline is None or item.status is Status.RESOLVED:
        return optional(stamp(item.sla_deadline) if item.sla_deadline else None)
    return line(stamp(item.sla_deadline), "  ", _sla(item, at))


def _amount(item: ExceptionSummary) -> Text:
    return missing() if item.amount is None else words(money(item.amount, item.currency))


@view.register
def _total(model: ExceptionTotal, at: datetime) -> RenderableType:
    return words(plural(model.count, "exception"), TITLE)


@view.register
def _records(model: ExceptionRecordList, at: datetime) -> RenderableType:
    if not model.items:
        return words("No exceptions match.", FAINT)
    return Grid(
        [
            Column("exception"),
            Column("severity"),
            Column("type", 1),
            Column("tenant", 4),
            Column("created", 2),
            Column("entity", 5),
            Column("amount", 3, right=True),
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
def _detail(model: ExceptionDetail, at: datetime) -> RenderableType:
    head = line(
        identity(model.exception_id),
        "  ",
        member(model.severity),
        "  ",
        member(model.status),
        "  ",
        words(model.type, TITLE),
    )
    step = (
        f"{model.current_playbook_id}, step {model.current_step}" if model.current_step else model.current_playbook_id
    )
    facts = [
        ("tenant", words(model.tenant_id)),
        ("domain", words(model.domain)),
        ("source", words(model.source_system)),
        ("entity", optional(model.entity)),
        ("amount", _amount(model)),
        ("owner", optional(model.owner)),
        ("playbook", optional(step)),
        ("created", when(model.created_at, at)),
        ("updated", when(model.updated_at, at)),
        ("resolved", when(model.resolved_at, at)),
        ("deadline", _deadline(model, at)),
    ]
    return Group(
        head,
        Text(),
        Facts([fact for fact in facts if fact[1].plain != "-"]),
        title("Payload"),
        document(model.raw_payload),
        title("Context"),
        document(model.normalized_context),
        title("Timeline"),
        _timeline(model.events),
        words(f"head {model.events[-1].hash}" if model.events else "no events", FAINT),
    )


def _timeline(events: tuple[Event, ...]) -> Grid:
    earlier = (None, *events)
    return Grid(
        [Column("no", right=True), Column("at"), Column("after", 1, right=True), Column("event"), Column("by", 2)],
        [
            [
                words(str(event.event_no), FAINT),
                words(stamp(event.created_at)),
                words(f"+{span(event.created_at - before.created_at)}", FAINT) if before else missing(),
                words(event.event_type, TITLE),
                words(f"{event.actor_type}:{event.actor_id}"),
            ]
            for before, event in zip(earlier, events, strict=False)
        ],
        below=[words(_gist(event), FAINT) for event in events],
    )


def _gist(event: Event) -> str:
    """The payload in a line, without digests and what is not set; a change as `before -> after`."""
    said = {name: _word(value) for name, value in event.payload.items() if value not in (None, [], {})}
    change = [f"{said.pop('before', '-')} -> {said.pop('after')}"] if "after" in said else []
    return ", ".join(change + [f"{name} {word}" for name, word in said.items() if name not in _DIGESTS])


def _word(value: object) -> str:
    return value if isinstance(value, str) else encode(value)


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
