"""What verifying a seed run found, on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.seed_check import SeedCheck, SeedVerification
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import BAD, FAINT, GOOD, identity, words
from sentinai_cli.render.views.part import optional, when
from sentinai_cli.render.views.view import view


@view.register
def _verification(model: SeedVerification, at: datetime) -> RenderableType:
    facts = [
        ("run", identity(model.identity)),
        ("tenant", words(model.tenant_id)),
        ("scenario", words(f"{model.scenario}, seed {model.seed}")),
        ("ids", words(model.prefix)),
        ("as of", when(model.as_of, at)),
        ("records", words(f"{model.records:,}")),
        ("acted on", words(f"{model.moved:,}", "" if model.moved else FAINT)),
        ("digest", words(model.digest)),
        ("stored", optional(model.stored_digest)),
    ]
    verdict = (
        words(f"{plural(model.failed, 'check')} failed", BAD) if model.failed else words("Everything holds.", GOOD)
    )
    return Group(Facts(facts), Text(), _checks(model.items), Text(), verdict)


@view.register
def _check(model: SeedCheck, at: datetime) -> RenderableType:
    return _checks((model,))


def _checks(checks: tuple[SeedCheck, ...]) -> RenderableType:
    return Grid(
        [
            Column("check"),
            Column("result"),
            Column("checked", 1, right=True),
            Column("failed", 2, right=True),
        ],
        [
            [
                words(check.check),
                words("holds", GOOD) if check.passed else words("fails", BAD),
                words(f"{check.checked:,}"),
                words(f"{check.failed:,}", BAD if check.failed else FAINT),
            ]
            for check in checks
        ],
        below=[words("; ".join((check.detail, *check.rows)), FAINT) for check in checks],
    )
