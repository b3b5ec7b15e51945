"""Migrations on a terminal."""

from datetime import datetime

from rich.console import Group, RenderableType
from rich.text import Text

from sentinai_cli.models.database import MigrationResult
from sentinai_cli.render.grid import Facts
from sentinai_cli.render.human import plural
from sentinai_cli.render.style import FAINT, GOOD, TITLE, line, member, words
from sentinai_cli.render.views.view import view


@view.register
def _result(model: MigrationResult, at: datetime) -> RenderableType:
    if not model.applied:
        return line(words("The schema is up to date at revision ", FAINT), words(model.after, TITLE))
    done = words(f"{plural(len(model.applied), 'revision')} applied", GOOD)
    facts = [
        ("before", words(model.before or "empty database")),
        ("after", words(model.after, TITLE)),
        ("applied", words(", ".join(model.applied))),
        ("environment", member(model.environment)),
    ]
    return Group(done, Text(), Facts(facts))
