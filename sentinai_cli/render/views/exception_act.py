"""Acts on exceptions on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.exception_act import ActOutcome, ActPlan, ActResult
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import FAINT, GOOD, TITLE, WARNING, identity, line, words
from sentinai_cli.render.views.part import optional, when
from sentinai_cli.render.views.view import view

_STYLE = {ActOutcome.CHANGED: GOOD, ActOutcome.UNCHANGED: FAINT, ActOutcome.SKIPPED: WARNING}


@view.register
def _result(model: ActResult, at: datetime) -> RenderableType:
    head = line(
        words(model.act.value, TITLE),
        words(f": {model.changed:,} changed, {model.unchanged:,} unchanged, {model.skipped:,} skipped"),
    )
    if not model.items:
        return head
    rows = Grid(
        [Column("exception"), Column("outcome"), Column("event", 2, right=True), Column("tenant", 1)],
        [
            [
                identity(item.exception_id),
                words(item.outcome.value, _STYLE[item.outcome]),
                optional(None if item.event_no is None else str(item.event_no)),
                words(item.tenant_id),
            ]
            for item in model.items
        ],
        below=[words(item.why or "", WARNING) for item in model.items],
    )
    undo = [words(f"operation {operation}", FAINT) for operation in model.operations]
    return Group(head, Text(), rows, *undo)


@view.register
def _plan(model: ActPlan, at: datetime) -> RenderableType:
    act = model.act
    return Facts(
        [
            ("act", words(act.kind.value, TITLE)),
            ("to", optional(act.to)),
            ("text", optional(act.text)),
            ("reason", optional(act.reason)),
            ("exceptions", words(plural(len(model.targets), "exception"))),
            ("planned", when(model.planned_at, at)),
            ("by", words(model.planned_by)),
            ("digest", words(model.digest, FAINT)),
        ]
    )
