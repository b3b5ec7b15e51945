"""Retention on a terminal."""

from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from sentinai_cli.models.retention import RetentionItem, RetentionPlan, RetentionRun
from sentinai_cli.render.grid import Column, Grid
from sentinai_cli.render.human import plural, size
from sentinai_cli.render.style import FAINT, TITLE, WARNING, identity, words
from sentinai_cli.render.views.part import age, optional
from sentinai_cli.render.views.view import view


@view.register
def _plan(model: RetentionPlan, at: datetime) -> RenderableType:
    if not model.items:
        return words("There are no tenants.", FAINT)
    return Grid(
        [
            Column("tenant"),
            Column("ttl", right=True),
            Column("candidates", right=True),
            Column("held", 1, right=True),
            Column("events", 3, right=True),
            Column("oldest", 4, right=True),
            Column("newest", 5, right=True),
            Column("about", 2, right=True),
            Column("source", 1),
        ],
        [
            [
                identity(item.tenant_id),
                _ttl(item),
                words(f"{item.candidates:,}", TITLE if item.candidates else FAINT),
                words(f"{item.held:,}", WARNING if item.held else FAINT),
                words(f"{item.events:,}"),
                age(item.oldest, at),
                age(item.newest, at),
                words(size(item.estimated_bytes)) if item.candidates else words(""),
                optional(item.source),
            ]
            for item in model.items
        ],
    )


@view.register
def _run(model: RetentionRun, at: datetime) -> RenderableType:
    if not model.items:
        return words("Nothing went.", FAINT)
    return Grid(
        [
            Column("tenant"),
            Column("erased", right=True),
            Column("events", 1, right=True),
            Column("exported", 2, right=True),
            Column("held", 3, right=True),
            Column("changed", 4, right=True),
        ],
        [
            [
                identity(done.tenant_id),
                words(f"{done.erased:,}", TITLE),
                words(f"{done.events:,}"),
                words(f"{done.exported:,}"),
                words(f"{done.held:,}", WARNING if done.held else FAINT),
                words(f"{done.changed:,}", WARNING if done.changed else FAINT),
            ]
            for done in model.items
        ],
        [words(f"{'finished' if done.resumed else 'exported to'} {done.export}") for done in model.items],
    )


def _ttl(item: RetentionItem) -> Text:
    if item.ttl_days is None:
        return words("none", FAINT)
    return words(plural(item.ttl_days, "day"), WARNING if item.is_early else "")
