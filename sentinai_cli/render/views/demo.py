"""The demo's result on a terminal: what is there, how bad it is, where to go on."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.demo import Demo
from sentinai_cli.models.exception import ExceptionList
from sentinai_cli.models.seed import SeedResult
from sentinai_cli.render.grid import Facts
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import IDENTITY, TITLE, line, words
from sentinai_cli.render.views.event import verdict
from sentinai_cli.render.views.part import title, when
from sentinai_cli.render.views.view import view


@view.register
def _demo(model: Demo, at: datetime) -> RenderableType:
    exceptions = sum(run.inserted + run.existing for run in model.tenants)
    there = f"{plural(len(model.tenants), 'tenant')} with {plural(exceptions, 'exception')}"
    made = words(f"Ready: {there}" if model.changed else f"Nothing changed, there already: {there}", TITLE)
    facts = [
        ("database", words(model.target.database)),
        ("server", words(f"PostgreSQL {model.target.server_version}")),
        ("as of", when(model.as_of, at)),
        ("event log", verdict(model.verification)),
    ]
    return Group(
        made,
        Text(),
        Facts(facts),
        Text(),
        view(SeedResult.whole(model.tenants), at),
        title("Worst open exceptions"),
        view(ExceptionList.whole(model.items), at),
        title("Next"),
        *(line("  ", words(command, IDENTITY)) for command in model.next_commands),
    )
