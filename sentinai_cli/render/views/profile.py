"""Profiles on a terminal."""

from datetime import datetime

from rich.console import RenderableType
from rich.text import Text

from sentinai_cli.models.profile import Profile, ProfileList, ProfileUsed
from sentinai_cli.render.grid import Column, Grid
from sentinai_cli.render.style import BAD, FAINT, GOOD, TITLE, identity, line, member, words
from sentinai_cli.render.views.view import view


@view.register
def _profiles(model: ProfileList, at: datetime) -> RenderableType:
    return Grid(
        [
            Column("profile"),
            Column(""),
            Column("database"),
            Column("environment", 1),
            Column("tenant", 2),
            Column("password", 3),
            Column("file", 4),
        ],
        [
            [
                words(profile.name, TITLE),
                words("in force", GOOD) if profile.in_force else Text(""),
                _database(profile),
                member(profile.environment or ""),
                words(profile.tenant or ""),
                words(profile.password or ""),
                words(profile.file, FAINT),
            ]
            for profile in model.items
        ],
        below=[words(profile.problem or "", BAD) for profile in model.items],
    )


@view.register
def _used(model: ProfileUsed, at: datetime) -> RenderableType:
    done = "names it from here on" if model.changed else "names it already"
    return line("profile ", identity(model.profile), words(f": {model.file} {done}", FAINT))


def _database(profile: Profile) -> Text:
    if profile.problem:
        return words("not usable", BAD)
    return words(profile.database) if profile.database else words("the embedded server", FAINT)
