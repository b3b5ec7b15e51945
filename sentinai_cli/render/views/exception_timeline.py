"""What happened to an exception, on a terminal."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.exception_timeline import ExceptionTimeline, TimelineEntry
from sentinai_cli.render.grid import Column, Grid
from sentinai_cli.render.human import plural, span, stamp
from sentinai_cli.render.style import FAINT, TITLE, identity, line, missing, words
from sentinai_cli.render.views.view import view


@view.register
def _timeline(model: ExceptionTimeline, at: datetime) -> RenderableType:
    head = line(identity(model.exception_id), "  ", words(model.tenant_id))
    total = f"  {plural(model.page.total, 'event')}" if model.page.total is not None else ""
    return Group(line(head, words(total, FAINT)), Text(), story(model.items))


def story(items: Sequence[TimelineEntry]) -> Grid:
    """A line for each event and what it says below; `after` counts from the event before, `age` from creation."""
    return Grid(
        [
            Column("no", right=True),
            Column("at"),
            Column("after", 1, right=True),
            Column("age", 3, right=True),
            Column("event"),
            Column("by", 2),
        ],
        [
            [
                words(str(item.event_no), FAINT),
                words(stamp(item.created_at)),
                missing() if item.after_seconds is None else words(_length(item.after_seconds), FAINT),
                words(span(timedelta(seconds=item.age_seconds)), FAINT),
                words(item.event_type, TITLE),
                words(f"{item.actor_type}:{item.actor_id}"),
            ]
            for item in items
        ],
        below=[words(item.what) for item in items],
    )


def _length(seconds: int) -> str:
    return f"+{span(timedelta(seconds=seconds))}"
