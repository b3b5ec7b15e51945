"""The event log on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.event import EventAppended
from sentinai_cli.models.event_check import EventVerification
from sentinai_cli.render.document import encode
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import BAD, FAINT, GOOD, TITLE, WARNING, identity, line, missing, words
from sentinai_cli.render.views.part import title, when
from sentinai_cli.render.views.view import view


@view.register
def _appended(model: EventAppended, at: datetime) -> RenderableType:
    event = model.event
    return Facts(
        [
            ("event", identity(str(event.event_id))),
            ("", words("appended", GOOD) if model.appended else words("was there already", FAINT)),
            ("exception", line(identity(model.exception_id), f"  event {event.event_no}")),
            ("tenant", words(model.tenant_id)),
            ("type", words(event.event_type, TITLE)),
            ("by", words(f"{event.actor_type}:{event.actor_id}")),
            ("at", when(event.created_at, at)),
            ("head", words(event.hash)),
            ("payload", words(encode(event.payload))),
        ]
    )


@view.register
def _verification(model: EventVerification, at: datetime) -> RenderableType:
    if not model.broken:
        return verdict(model)
    shown = f"{len(model.breaks)} of {model.broken:,} shown" if len(model.breaks) < model.broken else ""
    breaks = Grid(
        [Column("exception"), Column("event", right=True), Column("broken"), Column("tenant", 1)],
        [
            [
                missing() if item.exception_id is None else identity(item.exception_id),
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
