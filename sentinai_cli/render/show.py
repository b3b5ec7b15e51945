"""A result on its way to the reader: the view on a terminal, data everywhere else."""

from collections.abc import Sequence
from datetime import datetime
from typing import TextIO

from sentinai_cli.models.base import Model
from sentinai_cli.models.result import ListResult
from sentinai_cli.render.delimited import as_csv, as_tsv
from sentinai_cli.render.document import as_json, as_jsonl
from sentinai_cli.render.fields import check_fields, row_model

_WRITERS = {"json": as_json, "jsonl": as_jsonl, "csv": as_csv, "tsv": as_tsv}


def show(model: Model, *, output: str | None, fields: Sequence[str], stream: TextIO, at: datetime) -> None:
    """Write `model` to `stream`. `output` None is a table on a terminal and TSV elsewhere.

    `at` is the moment that ages and deadlines in tables are told from. Raises InvalidInput for an unknown field, and
    what the stream raises.
    """
    check_fields(row_model(model), fields)
    chosen = output or ("table" if stream.isatty() else "tsv")
    if chosen == "table":
        _show_table(model, fields, stream, at)
    else:
        stream.writelines(_WRITERS[chosen](model, fields))


def _show_table(model: Model, fields: Sequence[str], stream: TextIO, at: datetime) -> None:
    from sentinai_cli.render.chosen import chosen_fields
    from sentinai_cli.render.console import console_for
    from sentinai_cli.render.views import view

    picture = chosen_fields(model, fields) if fields else view(model, at)
    console_for(stream).print(picture, soft_wrap=True)


def more_notice(model: Model) -> str | None:
    """What to say when a list does not end where its page does."""
    if not isinstance(model, ListResult) or not model.page.has_more:
        return None
    shown = f"{len(model.items)} shown"
    if model.page.total is not None:
        shown += f" of {model.page.total}"
    if model.page.next is None:
        return f"{shown}, more exist: a larger --limit shows them"
    return f"{shown}, more exist: --all reads everything, or go on with\n--cursor {model.page.next}"
