"""Seeding on a terminal."""

from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from sentinai_cli.models.seed import SeedResult, SeedRunResult
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.style import FAINT, GOOD, identity, words
from sentinai_cli.render.views.part import when
from sentinai_cli.render.views.view import view


@view.register
def _run(model: SeedRunResult, at: datetime) -> RenderableType:
    return Facts(
        [
            ("tenant", identity(model.tenant_id)),
            ("domain", words(model.domain)),
            ("scenario", words(f"{model.scenario}, seed {model.seed}")),
            ("ids", words(f"{model.prefix}-…")),
            ("as of", when(model.as_of, at)),
            ("requested", words(f"{model.requested:,}")),
            ("inserted", _inserted(model)),
            ("existing", words(f"{model.existing:,}")),
            ("identity", words(model.identity)),
            ("digest", words(model.digest)),
        ]
    )


@view.register
def _runs(model: SeedResult, at: datetime) -> RenderableType:
    if not model.items:
        return words("Nothing was seeded.", FAINT)
    return Grid(
        [
            Column("tenant"),
            Column("inserted", right=True),
            Column("existing", right=True),
            Column("ids"),
            Column("as of", 2),
            Column("scenario", 3),
            Column("seed", 3, right=True),
            Column("digest", 4),
        ],
        [
            [
                identity(run.tenant_id),
                _inserted(run),
                words(f"{run.existing:,}", "" if run.existing else FAINT),
                words(f"{run.prefix}-…"),
                when(run.as_of, at),
                words(run.scenario),
                words(str(run.seed)),
                words(run.digest, FAINT),
            ]
            for run in model.items
        ],
    )


def _inserted(run: SeedRunResult) -> Text:
    return words(f"{run.inserted:,}", GOOD if run.inserted else FAINT)
