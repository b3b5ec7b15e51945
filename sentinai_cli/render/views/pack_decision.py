"""What packs decide and why, on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.pack_check import PackSchema, PackTest
from sentinai_cli.models.pack_effective import EffectivePacks, PackLayer
from sentinai_cli.models.pack_why import PackWhy
from sentinai_cli.models.severity_decision import RuleTried
from sentinai_cli.render.document import encode
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.style import BAD, FAINT, GOOD, WARNING, identity, line, member, words
from sentinai_cli.render.views.pack import suite_grid
from sentinai_cli.render.views.part import document, optional, title
from sentinai_cli.render.views.view import view

_LAYERS = {PackLayer.POLICY: WARNING, PackLayer.DOMAIN: "", PackLayer.DEFAULT: FAINT}


@view.register
def _effective(model: EffectivePacks, at: datetime) -> RenderableType:
    facts = Facts(
        [
            ("tenant", identity(model.tenant_id)),
            ("domain pack", words(model.domain_pack)),
            ("policy pack", optional(model.policy_pack)),
        ]
    )
    grid = Grid(
        [Column("name"), Column("layer"), Column("pack", 1), Column("place", 2), Column("instead of", 3)],
        [
            [
                identity(item.name),
                words(item.layer, _LAYERS[item.layer]) if item.layer else optional(None),
                optional(item.pack),
                optional(item.place),
                optional(_text(item.instead_of)),
            ]
            for item in model.items
        ],
        below=[words(_text(item.value) or "none") for item in model.items],
    )
    plain = Facts((item.name, words(_text(item.value) or "none")) for item in model.items)
    return Group(facts, Text(), grid if model.explained else plain)


def _text(value: object) -> str | None:
    return value if value is None or isinstance(value, str) else encode(value)


@view.register
def _why(model: PackWhy, at: datetime) -> RenderableType:
    by = f"{model.layer} {model.rule}" if model.rule else "no rule, no default"
    facts = [
        ("tenant", identity(model.tenant_id)),
        ("type", words(model.type)),
        ("packs", words(" with ".join(filter(None, (model.domain_pack, model.policy_pack))))),
        ("severity", line(member(model.severity), words(f"  by {by}", FAINT))),
    ]
    if model.exception_id is not None:
        facts.insert(1, ("exception", identity(model.exception_id)))
    if model.without_override is not None:
        facts.append(("without override", member(model.without_override)))
    if model.stored_severity is not None:
        facts.append(("stored severity", member(model.stored_severity)))
    required = "required" if model.approval_required else "not required"
    facts += [
        ("approval", line(words(required), words(f"  by {model.approval_by}" if model.approval_by else "", FAINT))),
        ("playbook", line(optional(model.playbook_id), words(f"  {model.playbook_by or ''}", FAINT))),
    ]
    parts: list[RenderableType] = [Facts(facts)]
    if model.tried:
        parts += [title("Rules"), _rules(model.tried, model.rule)]
    if model.notes:
        parts += [title("Notes"), *(line(words("- ", WARNING), words(note)) for note in model.notes)]
    return Group(*parts)


def _rules(tried: tuple[RuleTried, ...], winner: str | None) -> Grid:
    def outcome(rule: RuleTried) -> Text:
        if rule.rule == winner:
            return words("wins", GOOD)
        return words("matches") if rule.matched else words("undecided", WARNING) if rule.reason else words("no", FAINT)

    return Grid(
        [Column("rule"), Column("severity"), Column("outcome")],
        [[identity(rule.rule), member(rule.severity), outcome(rule)] for rule in tried],
        below=[words(f"{rule.condition}  ({rule.reason})" if rule.reason else rule.condition, FAINT) for rule in tried],
    )


@view.register
def _test(model: PackTest, at: datetime) -> RenderableType:
    facts = Facts(
        [
            ("pack", identity(model.reference)),
            ("under", optional(model.policy_pack)),
            ("passed", words(f"{model.passed:,}", GOOD)),
            ("failed", words(f"{model.failed:,}", BAD if model.failed else FAINT)),
        ]
    )
    if not model.suites:
        return Group(facts, Text(), words("The pack has no test suites.", FAINT))
    return Group(facts, title("Test suites"), suite_grid(model.suites))


@view.register
def _schema(model: PackSchema, at: datetime) -> RenderableType:
    return document(model.document)
