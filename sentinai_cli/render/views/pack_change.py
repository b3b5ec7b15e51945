"""What packs change, on a terminal: differences, impact and history."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.pack_diff import ChangeKind, PackChange, PackDiff
from sentinai_cli.models.pack_impact import Decided, ImpactChange, ImpactVerdict, PackImpact
from sentinai_cli.models.pack_version import PackActivationList
from sentinai_cli.render.document import encode
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import BAD, FAINT, GOOD, WARNING, identity, line, member, words
from sentinai_cli.render.views.part import age, optional, title
from sentinai_cli.render.views.view import view

_MARKS = {
    ChangeKind.ADDED: ("+", GOOD),
    ChangeKind.REMOVED: ("-", BAD),
    ChangeKind.CHANGED: ("~", WARNING),
    ChangeKind.MOVED: (">", WARNING),
}
_VERDICTS = {ImpactVerdict.NONE: GOOD, ImpactVerdict.COMPATIBLE: WARNING, ImpactVerdict.BREAKING: BAD}


@view.register
def _diff(model: PackDiff, at: datetime) -> RenderableType:
    between = line(identity(model.a), words(" -> ", FAINT), identity(model.b))
    if not model.items:
        return Group(between, words("Both hold the same.", FAINT))
    return Group(between, *(part for change in model.items for part in _change(change)))


def _change(change: PackChange) -> list[Text]:
    mark, style = _MARKS[change.kind]
    lines = [line(words(f"{mark} ", style), words(f"{change.section} ", FAINT), words(change.name, style))]
    for detail in change.details:
        place = words(f"    {detail.pointer} " if detail.pointer else "    ", FAINT)
        lines.append(
            line(place, words(_value(detail.before), BAD), words(" -> ", FAINT), words(_value(detail.after), GOOD))
        )
    return lines


def _value(value: object) -> str:
    return "none" if value is None else value if isinstance(value, str) else encode(value)


@view.register
def _impact(model: PackImpact, at: datetime) -> RenderableType:
    facts = Facts(
        [
            ("pack", identity(model.pack)),
            ("verdict", words(model.verdict, _VERDICTS[model.verdict])),
            ("changed", words(f"{model.changed:,} of {plural(model.exceptions, 'exception')}")),
        ]
    )
    tenants = Grid(
        [
            Column("tenant"),
            Column("verdict"),
            *(Column(name, 1, right=True) for name in ("exceptions", "changed")),
            *(Column(name, 2, right=True) for name in ("severity", "approval", "playbook")),
        ],
        [
            [
                identity(tenant.tenant_id),
                words(tenant.verdict, _VERDICTS[tenant.verdict]),
                *(
                    words(f"{count:,}")
                    for count in (
                        tenant.exceptions,
                        tenant.changed,
                        tenant.severity,
                        tenant.approval,
                        tenant.playbook,
                    )
                ),
            ]
            for tenant in model.tenants
        ],
    )
    parts: list[RenderableType] = [facts, title("Tenants"), tenants]
    if model.items:
        parts += [title("Changes"), _changes(model.items)]
    return Group(*parts)


def _changes(changes: tuple[ImpactChange, ...]) -> Grid:
    return Grid(
        [
            Column("what"),
            Column("before"),
            Column("after"),
            Column("count", right=True),
            Column("type"),
            Column("tenant", 1),
        ],
        [
            [
                words(change.what, BAD if change.breaking else ""),
                _decided(change, change.before),
                _decided(change, change.after),
                words(f"{change.count:,}"),
                words(change.type),
                identity(change.tenant_id),
            ]
            for change in changes
        ],
        below=[words(f"such as {', '.join(change.sample_ids)}", FAINT) for change in changes],
    )


def _decided(change: ImpactChange, value: str | None) -> Text:
    return member(value) if value and change.what is Decided.SEVERITY else optional(value)


@view.register
def _history(model: PackActivationList, at: datetime) -> RenderableType:
    if not model.items:
        return words("Nothing was ever activated.", FAINT)
    first = {item.tenant_id: item.no for item in reversed(model.items)}
    return Grid(
        [
            Column("tenant"),
            Column("no", right=True),
            Column("domain pack"),
            Column("policy pack"),
            Column("age", 1, right=True),
            Column("by", 2),
            Column("reason", 3),
        ],
        [
            [
                identity(item.tenant_id),
                words(str(item.no), GOOD if first[item.tenant_id] == item.no else ""),
                words(f"{item.domain}@{item.domain_version}"),
                optional(f"@{item.policy_version}" if item.policy_version else None),
                age(item.activated_at, at),
                words(item.activated_by),
                optional(item.reason),
            ]
            for item in model.items
        ],
    )
