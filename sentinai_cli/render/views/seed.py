"""Seeding on a terminal."""

from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from sentinai_cli.models.seed import SeedResult, SeedRunResult, SeedRunState
from sentinai_cli.models.seed_delivery import SeedDelivery, SeedDeliveryList
from sentinai_cli.models.seed_run import SeedReset, SeedRunList, SeedRunReset, SeedRunSummary
from sentinai_cli.models.seed_scenario import SeedScenario, SeedScenarioList
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.style import FAINT, GOOD, IDENTITY, WARNING, identity, words
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
            *_mixes(model),
            ("identity", words(model.identity)),
            ("digest", words(model.digest)),
        ]
    )


def _mixes(model: SeedRunResult) -> list[tuple[str, Text]]:
    """What it is made of and how fast it was written; nothing of a run that was there already."""
    if not model.events:
        return []
    return [
        ("events", words(f"{model.events:,}")),
        ("types", _mix(model.by_type)),
        ("severities", _mix(model.by_severity)),
        ("statuses", _mix(model.by_status)),
        ("rows a second", words(f"{model.rows_a_second:,.0f}")),
    ]


def _mix(counts: dict[str, int]) -> Text:
    return words(", ".join(f"{name} {count:,}" for name, count in counts.items()))


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
            Column("statuses", 2),
            Column("severities", 3),
            Column("rows/s", 3, right=True),
            Column("as of", 2),
            Column("types", 4),
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
                _mix(run.by_status),
                _mix(run.by_severity),
                words(f"{run.rows_a_second:,.0f}" if run.events else ""),
                when(run.as_of, at),
                _mix(run.by_type),
                words(run.scenario),
                words(str(run.seed)),
                words(run.digest, FAINT),
            ]
            for run in model.items
        ],
    )


def _inserted(run: SeedRunResult) -> Text:
    return words(f"{run.inserted:,}", GOOD if run.inserted else FAINT)


@view.register
def _scenario(model: SeedScenario, at: datetime) -> RenderableType:
    return _scenarios(SeedScenarioList.whole([model]), at)


@view.register
def _scenarios(model: SeedScenarioList, at: datetime) -> RenderableType:
    return Grid(
        [
            Column("scenario"),
            Column("tenants", right=True),
            Column("exceptions", right=True),
            Column("days", 2, right=True),
            Column("story", 3),
        ],
        [
            [
                words(one.name, IDENTITY),
                words(f"{one.tenants:,}"),
                words(f"{one.exceptions:,}"),
                words(str(one.days)),
                words(one.story, FAINT),
            ]
            for one in model.items
        ],
        below=[words(one.description, FAINT) for one in model.items],
    )


@view.register
def _stored_run(model: SeedRunSummary, at: datetime) -> RenderableType:
    return _stored_runs(SeedRunList.whole([model]), at)


@view.register
def _stored_runs(model: SeedRunList, at: datetime) -> RenderableType:
    if not model.items:
        return words("Nothing was seeded.", FAINT)
    return Grid(
        [
            Column("run"),
            Column("tenant"),
            Column("state"),
            Column("records", right=True),
            Column("scenario", 1),
            Column("seed", 2, right=True),
            Column("as of", 3),
            Column("began", 4),
            Column("digest", 5),
        ],
        [
            [
                identity(run.identity[:12]),
                words(run.tenant_id),
                words(run.state.value, GOOD if run.state is SeedRunState.COMPLETE else WARNING),
                words(f"{run.records:,}"),
                words(f"{run.scenario}, drip" if run.drip else run.scenario),
                words(str(run.seed)),
                when(run.as_of, at),
                when(run.created_at, at),
                words(run.digest or "-", FAINT),
            ]
            for run in model.items
        ],
    )


@view.register
def _reset_run(model: SeedRunReset, at: datetime) -> RenderableType:
    return _reset(SeedReset.whole([model]), at)


@view.register
def _reset(model: SeedReset, at: datetime) -> RenderableType:
    if not model.items:
        return words("There was nothing to erase.", FAINT)
    return Grid(
        [
            Column("run"),
            Column("tenant"),
            Column("erased", right=True),
            Column("events", right=True),
            Column("gone before", 2, right=True),
            Column("scenario", 3),
            Column("seed", 3, right=True),
        ],
        [
            [
                identity(run.identity[:12]),
                words(run.tenant_id),
                words(f"{run.erased:,}"),
                words(f"{run.events:,}"),
                words(f"{run.missing:,}", "" if run.missing else FAINT),
                words(run.scenario),
                words(str(run.seed)),
            ]
            for run in model.items
        ],
    )


@view.register
def _delivery(model: SeedDelivery, at: datetime) -> RenderableType:
    return _deliveries(SeedDeliveryList.whole([model]), at)


@view.register
def _deliveries(model: SeedDeliveryList, at: datetime) -> RenderableType:
    if not model.items:
        return words("Nothing was sent.", FAINT)
    return Grid(
        [
            Column("tenant"),
            Column("sent", right=True),
            Column("existing", right=True),
            Column("missing", right=True),
            Column("ids", 2),
            Column("as of", 3),
            Column("scenario", 4),
            Column("seed", 4, right=True),
        ],
        [
            [
                identity(one.tenant_id),
                words(f"{one.sent:,}", GOOD if one.sent else FAINT),
                words(f"{one.existing:,}", "" if one.existing else FAINT),
                words(f"{one.missing:,}", WARNING if one.missing else FAINT),
                words(f"{one.prefix}-…"),
                when(one.as_of, at),
                words(one.scenario),
                words(str(one.seed)),
            ]
            for one in model.items
        ],
        below=[words(", ".join(one.missing_ids), WARNING) for one in model.items],
    )
