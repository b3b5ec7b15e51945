"""The demo's result on a terminal: what is there, how bad it is, where to go on."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.demo import Demo
from sentinai_cli.models.exception import ExceptionList
from sentinai_cli.models.seed import SeedResult
from sentinai_cli.render.human import plural, span, stamp
from sentinai_cli.render.style import FAINT, IDENTITY, TITLE, line, words
from sentinai_cli.render.views.event import verdict
from sentinai_cli.render.views.part import title
from sentinai_cli.render.views.view import view


@view.register
def _demo(model: Demo, at: datetime) -> RenderableType:
    exceptions = sum(run.inserted + run.existing for run in model.tenants)
    there = f"{plural(len(model.tenants), 'tenant')} with {plural(exceptions, 'exception')}"
    made = words(f"Ready: {there}" if model.changed else f"Nothing changed, there already: {there}", TITLE)
    age = words(f"  as of {stamp(model.as_of)}, {span(at - model.as_of)} ago", FAINT)
    where = f"PostgreSQL {model.target.server_version}, {model.target.database}"
    return Group(
        line(made, age),
        words(where, FAINT),
        Text(),
        view(SeedResult.whole(model.tenants), at),
        Text(),
        line("event log ", verdict(model.verification)),
        title("Worst open exceptions"),
        view(ExceptionList.whole(model.worst), at),
        title("Next"),
        *(line("  ", words(command, IDENTITY)) for command in model.next_commands),
    )
