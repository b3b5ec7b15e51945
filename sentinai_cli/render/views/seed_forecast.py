"""What a run would write, on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.seed_forecast import SeedForecast, SeedForecastList
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import size
from sentinai_cli.render.style import FAINT, identity, words
from sentinai_cli.render.views.part import title, when
from sentinai_cli.render.views.view import view


@view.register
def _forecast(model: SeedForecast, at: datetime) -> RenderableType:
    facts = [
        ("tenant", identity(model.tenant_id)),
        ("domain", words(model.domain)),
        ("ids", words(model.prefix)),
        ("as of", when(model.as_of, at)),
        ("exceptions", words(f"{model.exceptions:,}")),
        ("events", words(f"{_about(model)}{model.events:,}")),
        ("size", words(f"{size(model.bytes)} as text")),
        ("time", words(f"{model.seconds:.1f} s to generate")),
        ("statuses", _counts(model.by_status)),
        ("severities", _counts(model.by_severity)),
    ]
    types = Grid(
        [Column("type"), Column("exceptions", right=True)],
        [[words(name), words(f"{count:,}")] for name, count in sorted(model.by_type.items(), key=lambda one: -one[1])],
    )
    days = Grid(
        [Column("day"), Column("exceptions", right=True)],
        [[words(day), words(f"{count:,}")] for day, count in model.by_day.items()],
    )
    return Group(Facts(facts), Text(), types, Text(), days)


@view.register
def _forecasts(model: SeedForecastList, at: datetime) -> RenderableType:
    if len(model.items) == 1:
        return _forecast(model.items[0], at)
    whole = Grid(
        [
            Column("tenant"),
            Column("exceptions", right=True),
            Column("events", right=True),
            Column("size", 1, right=True),
            Column("time", 2, right=True),
            Column("ids", 3),
        ],
        [
            [
                identity(one.tenant_id),
                words(f"{one.exceptions:,}"),
                words(f"{_about(one)}{one.events:,}"),
                words(size(one.bytes)),
                words(f"{one.seconds:.1f} s", FAINT),
                words(one.prefix, FAINT),
            ]
            for one in model.items
        ],
    )
    parts: list[RenderableType] = [whole]
    for name, field in (("By type", "by_type"), ("By status", "by_status"), ("By severity", "by_severity")):
        parts += [title(name), _shares(model, field)]
    return Group(*parts, title("By day"), _shares(model, "by_day"))


def _shares(model: SeedForecastList, field: str) -> RenderableType:
    total: dict[str, int] = {}
    for one in model.items:
        for name, count in getattr(one, field).items():
            total[name] = total.get(name, 0) + count
    return Facts([(name, words(f"{count:,}")) for name, count in sorted(total.items())])


def _counts(shares: dict[str, int]) -> Text:
    return words(", ".join(f"{count:,} {name}" for name, count in shares.items()))


def _about(model: SeedForecast) -> str:
    return "" if model.sampled == model.exceptions else "about "
