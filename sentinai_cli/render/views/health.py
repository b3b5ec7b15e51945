"""Health checks on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.health import CheckState, Evidence, HealthCheck, HealthReport
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import FAINT, IDENTITY, WARNING, identity, line, member, words
from sentinai_cli.render.views.part import title
from sentinai_cli.render.views.view import view


@view.register
def _report(model: HealthReport, at: datetime) -> RenderableType:
    checks = Grid(
        [Column("check"), Column("state"), Column("covered", 1), Column("question", 2)],
        [
            [identity(check.check), member(check.state), words(check.covered), words(check.question, FAINT)]
            for check in model.items
        ],
    )
    found: list[RenderableType] = []
    blind: dict[tuple[str, str | None], list[HealthCheck]] = {}
    for check in filter(_is_blind, model.items):
        blind.setdefault(_reason(check), []).append(check)
    for check in model.items:
        if _is_blind(check):
            found += _unseen(blind.pop(_reason(check), []))
        elif check.evidence:
            found += _findings(check)
    good = sum(check.state is CheckState.OK for check in model.items)
    verdict = line(member(model.state), words(f": {good} of {plural(len(model.items), 'check')} ok"))
    return Group(verdict, Text(), checks, *found)


def _is_blind(check: HealthCheck) -> bool:
    """Whether all that it found is why it could not look."""
    return check.state is CheckState.UNKNOWN and len(check.evidence) == 1


def _reason(check: HealthCheck) -> tuple[str, str | None]:
    return check.evidence[0].finding, check.evidence[0].fix


def _unseen(checks: list[HealthCheck]) -> list[RenderableType]:
    """Checks that could not look for the same reason, which is told once; nothing of none."""
    if not checks:
        return []
    finding, fix = _reason(checks[0])
    facts = [
        ("checks", words(", ".join(check.check for check in checks), IDENTITY)),
        ("found", words(finding, WARNING)),
    ]
    if fix is not None:
        facts.append(("fix", words(fix)))
    return [title(f"{plural(len(checks), 'check')} could not look"), Facts(facts)]


def _findings(check: HealthCheck) -> list[RenderableType]:
    parts: list[RenderableType] = [title(f"{check.check}: {plural(len(check.evidence), 'finding')}")]
    depths = _depths(check.evidence)
    for number, one in enumerate(check.evidence):
        branch = "   " * (depths[one.object] - 1) + "└─ " if depths[one.object] else ""
        facts = [("object", words(branch + one.object, IDENTITY)), ("found", words(one.finding, WARNING))]
        if one.state is not check.state:
            facts.append(("state", member(one.state)))
        if one.fix is not None:
            facts.append(("fix", words(one.fix)))
        parts += [*([Text()] if number and not branch else []), Facts(facts)]
    if check.thresholds:
        parts += [Text(), Facts((one.name, words(f"{one.words} ({one.origin})", FAINT)) for one in check.thresholds)]
    return parts


def _depths(evidence: tuple[Evidence, ...]) -> dict[str, int]:
    """How deep each finding hangs below others, by its object; what hangs below nothing that is here is at 0."""
    depths: dict[str, int] = {}
    for one in evidence:
        depths[one.object] = depths.get(one.under, -1) + 1 if one.under is not None else 0
    return depths
