"""Playbooks on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.playbook import PlaybookDetail, PlaybookList, StepState
from sentinai_cli.render.document import encode
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import BAD, FAINT, GOOD, identity, line, member, words
from sentinai_cli.render.views.part import optional, title, when
from sentinai_cli.render.views.view import view


@view.register
def _playbooks(model: PlaybookList, at: datetime) -> RenderableType:
    if not model.items:
        return words("There are no playbooks.", FAINT)
    return Grid(
        [
            Column("playbook"),
            Column("version", 1, right=True),
            Column("tenant"),
            Column("active", 3),
            Column("approved", 2),
            Column("origin", 4),
            Column("types", 5),
            Column("name", 6),
        ],
        [
            [
                identity(item.playbook_id),
                words(str(item.version)),
                identity(item.tenant_id),
                _yes(item.active),
                _yes(item.approved),
                words(f"{item.origin}@{item.origin_version}"),
                words(", ".join(item.exception_types)),
                optional(item.name),
            ]
            for item in model.items
        ],
    )


@view.register
def _playbook(model: PlaybookDetail, at: datetime) -> RenderableType:
    state = words("active", GOOD) if model.active else words("no longer active", FAINT)
    facts = Facts(
        [
            ("playbook", line(identity(model.playbook_id), words(f"  version {model.version}, ", FAINT), state)),
            ("tenant", identity(model.tenant_id)),
            ("name", optional(model.name)),
            ("description", optional(model.description)),
            ("types", words(", ".join(model.exception_types))),
            ("approved", _yes(model.approved)),
            ("origin", words(f"{model.origin} pack, version {model.origin_version}")),
            ("since", when(model.created_at, at)),
            ("success", optional("; ".join(model.success_criteria))),
            ("in use", words(plural(model.in_use, "unresolved exception"))),
        ]
    )
    return Group(facts, title("Steps"), _steps(model.steps))


def _steps(steps: tuple[StepState, ...]) -> Grid:
    return Grid(
        [Column("no", right=True), Column("step"), Column("by"), Column("action"), Column("usable", 1)],
        [
            [
                words(str(step.step_order)),
                identity(step.name),
                member(step.action_type),
                words(step.action),
                optional(None) if step.tool_usable is None else _yes(step.tool_usable),
            ]
            for step in steps
        ],
        below=[_told(step) for step in steps],
    )


def _told(step: StepState) -> Text:
    told = [step.description or "", encode(step.params) if step.params else ""]
    return words("  ".join(filter(None, told)), FAINT)


def _yes(value: bool) -> Text:
    return words("yes", GOOD) if value else words("no", BAD)
