"""Verifying the event log, on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.event_check import EventVerification
from sentinai_cli.render.grid import Column, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import BAD, FAINT, GOOD, WARNING, identity, line, missing, words
from sentinai_cli.render.views.part import title
from sentinai_cli.render.views.view import view


@view.register
def _verification(model: EventVerification, at: datetime) -> RenderableType:
    if not model.broken:
        return verdict(model)
    shown = f"{len(model.breaks)} of {model.broken:,} shown" if len(model.breaks) < model.broken else ""
    breaks = Grid(
        [Column("exception"), Column("event", right=True), Column("broken"), Column("tenant", 1)],
        [
            [
                identity(item.exception_id),
                missing() if item.event_no is None else words(str(item.event_no)),
                words(item.kind, BAD),
                words(item.tenant_id),
            ]
            for item in model.breaks
        ],
        below=[words(item.detail, WARNING) for item in model.breaks],
    )
    return Group(verdict(model), title("First breaks"), breaks, *([words(shown, FAINT)] if shown else []))


def verdict(model: EventVerification) -> Text:
    """One line: intact or how many breaks, and what was covered."""
    found = words(plural(model.broken, "break"), BAD) if model.broken else words("intact", GOOD)
    events, exceptions = plural(model.events, "event"), plural(model.exceptions, "exception")
    return line(found, words(f": {events} of {exceptions}, {plural(model.tenants, 'tenant')}"))
