"""Settings on a terminal."""

from datetime import datetime

from rich.console import RenderableType

from sentinai_cli.models.setting import SettingList
from sentinai_cli.render.grid import Column, Grid
from sentinai_cli.render.style import FAINT, TITLE, words
from sentinai_cli.render.views.part import optional
from sentinai_cli.render.views.view import view


@view.register
def _settings(model: SettingList, at: datetime) -> RenderableType:
    return Grid(
        [Column("setting"), Column("value"), Column("origin"), Column("overrules", 1)],
        [
            [
                words(setting.name, TITLE),
                optional(setting.value),
                words(setting.origin, FAINT if setting.origin == "default" else ""),
                words(", ".join(setting.overruled), FAINT),
            ]
            for setting in model.items
        ],
    )
