"""The table that `--fields` asks for."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from sentinai_cli.models.base import Model
from sentinai_cli.models.result import ListResult
from sentinai_cli.render.document import encode, rows
from sentinai_cli.render.fields import value_at
from sentinai_cli.render.grid import Column, Facts, Grid
from sentinai_cli.render.style import missing, words


def chosen_fields(model: Model, fields: Sequence[str]) -> RenderableType:
    """Exactly these fields and in this order: a grid for a list, else a fact sheet."""
    if isinstance(model, ListResult):
        return Grid(
            [Column(field) for field in fields],
            [[_cell(value_at(row, field)) for field in fields] for row in rows(model)],
        )
    (row,) = rows(model)
    return Facts((field, _cell(value_at(row, field))) for field in fields)


def _cell(value: object) -> Text:
    if value is None:
        return missing()
    return words(value if isinstance(value, str) else encode(value))
