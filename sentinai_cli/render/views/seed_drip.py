"""A live trickle on a terminal."""

from datetime import datetime

from rich.console import RenderableType

from sentinai_cli.models.seed_drip import SeedDrip, SeedDripList
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.style import FAINT, GOOD, WARNING, identity, words
from sentinai_cli.render.views.part import when
from sentinai_cli.render.views.view import view


@view.register
def _drip(model: SeedDrip, at: datetime) -> RenderableType:
    return Facts(
        [
            ("tenant", identity(model.tenant_id)),
            ("goes on from", words(f"{model.of}-…, scenario {model.scenario}, seed {model.seed}")),
            ("ids", words(f"{model.prefix}-…")),
            ("began", when(model.as_of, at)),
            ("until", when(model.until, at)),
            ("arrived", words(f"{model.inserted:,}, {model.records:,} since it began")),
            ("events", words(f"{model.events:,}")),
            ("left alone", words(f"{model.left_alone:,}", WARNING if model.left_alone else FAINT)),
            ("identity", words(model.identity)),
            ("digest", words(model.digest)),
        ]
    )


@view.register
def _drips(model: SeedDripList, at: datetime) -> RenderableType:
    if not model.items:
        return words("Nothing dripped.", FAINT)
    return Grid(
        [
            Column("tenant"),
            Column("arrived", right=True),
            Column("since it began", 2, right=True),
            Column("events", right=True),
            Column("left alone", 3, right=True),
            Column("ids"),
            Column("began", 2),
            Column("goes on from", 4),
        ],
        [
            [
                identity(drip.tenant_id),
                words(f"{drip.inserted:,}", GOOD if drip.inserted else FAINT),
                words(f"{drip.records:,}"),
                words(f"{drip.events:,}", "" if drip.events else FAINT),
                words(f"{drip.left_alone:,}", WARNING if drip.left_alone else FAINT),
                words(f"{drip.prefix}-…"),
                when(drip.as_of, at),
                words(f"{drip.of}-…"),
            ]
            for drip in model.items
        ],
    )
