"""Health checks on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.health import CheckState, HealthCheck, HealthReport
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import FAINT, IDENTITY, WARNING, identity, line, member, words
from sentinai_cli.render.views.part import title
from sentinai_cli.render.views.view import view


@view.register
def _report(model: HealthReport, at: datetime) -> RenderableType:
    checks = Grid(
        [Column("check"), Column("state"), Column("covered", 2), Column("question", 1)],
        [
            [identity(check.check), member(check.state), words(check.covered), words(check.question, FAINT)]
            for check in model.items
        ],
    )
    found = [part for check in model.items if check.evidence for part in _findings(check)]
    good = sum(check.state is CheckState.OK for check in model.items)
    verdict = line(member(model.state), words(f": {good} of {plural(len(model.items), 'check')} ok"))
    return Group(verdict, Text(), checks, *found)


def _findings(check: HealthCheck) -> list[RenderableType]:
    parts: list[RenderableType] = [title(f"{check.check}: {plural(len(check.evidence), 'finding')}")]
    for number, one in enumerate(check.evidence):
        facts = [("object", words(one.object, IDENTITY)), ("found", words(one.finding, WARNING))]
        if one.state is not check.state:
            facts.insert(0, ("state", member(one.state)))
        if one.fix is not None:
            facts.append(("fix", words(one.fix)))
        parts += [*([Text()] if number else []), Facts(facts)]
    return parts
