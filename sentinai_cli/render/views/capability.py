"""What the command line can do, on a terminal."""

from datetime import datetime

from rich.console import RenderableType

from sentinai_cli.models.capability import Capabilities, ResultSchemas
from sentinai_cli.render.grid import Column, Grid
from sentinai_cli.render.style import BAD, FAINT, TITLE, WARNING, words
from sentinai_cli.render.views.view import view

_TONES = {"severe": BAD, "writes": WARNING, "reads": FAINT}


@view.register
def _capabilities(model: Capabilities, at: datetime) -> RenderableType:
    return Grid(
        [Column("command"), Column("changes"), Column("what it does", 1)],
        [
            [
                words(command.name, TITLE),
                words("nothing" if command.mutation == "reads" else command.mutation, _TONES.get(command.mutation, "")),
                words(command.summary, FAINT),
            ]
            for command in model.commands
        ],
    )


@view.register
def _schemas(model: ResultSchemas, at: datetime) -> RenderableType:
    return Grid(
        [Column("result"), Column("fields", 1)],
        [[words(name, TITLE), words(", ".join(_properties(schema)), FAINT)] for name, schema in model.schemas.items()],
    )


def _properties(schema: dict[str, object]) -> list[str]:
    properties = schema.get("properties")
    return list(properties) if isinstance(properties, dict) else []
