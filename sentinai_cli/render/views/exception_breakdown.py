"""Counts by chosen attributes on a terminal: a bar for each group, a line of days."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.exception_breakdown import BreakdownRow, By, ExceptionBreakdown
from sentinai_cli.render.grid import Column, Grid
from sentinai_cli.render.style import BAD, FAINT, TITLE, line, member, missing, words
from sentinai_cli.render.views.view import view

_WIDEST = 30
_LEVELS = " .:-=+*#%@"
_MOST_DAYS = 120


@view.register
def _breakdown(model: ExceptionBreakdown, at: datetime) -> RenderableType:
    if not model.items:
        return words("No exceptions match.", FAINT)
    most = max(item.count for item in model.items)
    grid = Grid(
        [
            *[Column(one.value) for one in model.by],
            Column("count", right=True),
            Column("", 1),
            Column("unresolved", 2, right=True),
            Column("breached", 3, right=True),
        ],
        [
            [
                *[_value(item, one) for one in model.by],
                words(f"{item.count:,}", TITLE),
                words("#" * max(1, round(item.count / most * _WIDEST)), FAINT),
                words(f"{item.unresolved:,}"),
                words(f"{item.breached:,}", BAD if item.breached else ""),
            ]
            for item in model.items
        ],
    )
    days = _days(model.items) if model.by == (By.DAY,) else None
    return Group(days, Text(), grid) if days else grid


def _value(item: BreakdownRow, by: By) -> Text:
    value = getattr(item, by.value)
    if value is None:
        return missing()
    return member(value.value) if by in (By.SEVERITY, By.STATUS) else words(str(value))


def _days(items: Sequence[BreakdownRow]) -> Text | None:
    """One character a day, those without exceptions too; None for a span that no line holds."""
    counts = {item.day: item.count for item in items if item.day is not None}
    first, last = min(counts), max(counts)
    length = (last - first).days + 1
    if length > _MOST_DAYS:
        return None
    most = max(counts.values())
    levels = [-(-counts.get(first + timedelta(days=day), 0) * (len(_LEVELS) - 1) // most) for day in range(length)]
    return line(words(f"{first}  "), words("".join(_LEVELS[level] for level in levels), TITLE), words(f"  {last}"))
