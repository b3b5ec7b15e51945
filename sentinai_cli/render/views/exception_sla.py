"""Deadlines on a terminal: what is late, what is nearly, and what will be."""

from datetime import datetime
from itertools import groupby
from operator import attrgetter

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.exception_forecast import SlaGroup, SlaReport
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural, span
from sentinai_cli.render.style import BAD, FAINT, GOOD, TITLE, WARNING, identity, line, member, words
from sentinai_cli.render.views.view import view


@view.register
def _sla(model: SlaReport, at: datetime) -> RenderableType:
    if not model.items:
        return words("Nothing is unresolved, and nothing came.", FAINT)
    totals = {
        name: sum(getattr(item, name) for item in model.items)
        for name in ("unresolved", "breached", "at_risk", "forecast_8h")
    }
    head = line(
        words(f"{totals['unresolved']:,} unresolved", TITLE),
        ", ",
        words(f"{totals['breached']:,} breached", BAD if totals["breached"] else GOOD),
        ", ",
        words(f"{totals['at_risk']:,} at risk", WARNING if totals["at_risk"] else GOOD),
        words(f", {plural(totals['forecast_8h'], 'more breach', 'more breaches')} to be expected in 8 h"),
    )
    rates = f"Rates are those of the last {span(model.at - model.since)}. "
    about = Facts([("forecast", words(rates + model.method, FAINT))])
    return Group(head, Text(), _grid(model.items), Text(), about)


def _grid(items: tuple[SlaGroup, ...]) -> Grid:
    lines: list[list[Text] | Text] = []
    for tenant_id, groups in groupby(items, key=attrgetter("tenant_id")):
        lines.append(identity(tenant_id))
        lines += [_line(group) for group in groups]
    return Grid(
        [
            Column("severity"),
            Column("unresolved", 3, right=True),
            Column("breached", right=True),
            Column("at risk", right=True),
            Column("due 4/8/24h", 2, right=True),
            Column("forecast 4/8/24h", right=True),
            Column("come/h", 4, right=True),
            Column("resolved/h", 4, right=True),
            Column("no deadline", 5, right=True),
        ],
        lines,
    )


def _line(group: SlaGroup) -> list[Text]:
    return [
        Text.assemble("  ", member(group.severity)),
        _number(group.unresolved),
        _number(group.breached, BAD),
        _number(group.at_risk, WARNING),
        _ahead(group.due_4h, group.due_8h, group.due_24h),
        _ahead(group.forecast_4h, group.forecast_8h, group.forecast_24h, WARNING),
        words(f"{group.arrivals_per_hour:,.2f}", FAINT),
        words(f"{group.resolutions_per_hour:,.2f}", FAINT),
        _number(group.without_deadline),
    ]


def _ahead(first: int, second: int, third: int, style: str = "") -> Text:
    return words(f"{first:,} / {second:,} / {third:,}", style if third else FAINT)


def _number(count: int, style: str = "") -> Text:
    return words(f"{count:,}", style) if count else words("\u00b7", FAINT)
