"""A result on its way to the reader: the view on a terminal, data everywhere else."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain, islice
from typing import TextIO

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.base import Model
from sentinai_cli.models.result import ListResult
from sentinai_cli.render.delimited import as_csv, as_tsv, csv_rows, tsv_rows
from sentinai_cli.render.document import as_json, as_jsonl, jsonl_rows
from sentinai_cli.render.fields import check_fields, row_model

_WRITERS = {"json": as_json, "jsonl": as_jsonl, "csv": as_csv, "tsv": as_tsv}
_REPORTS = ("prometheus", "junit")
"""Formats of a health report, which are fixed: they have no fields to choose."""
_ROW_WRITERS = {"jsonl": jsonl_rows, "csv": csv_rows, "tsv": tsv_rows}


def show(model: Model, *, output: str | None, fields: Sequence[str], stream: TextIO, at: datetime) -> None:
    """Write `model` to `stream`. `output` None is a table on a terminal and TSV elsewhere.

    `at` is the moment that ages and deadlines in tables are told from. Raises InvalidInput for an unknown field, and
    what the stream raises.
    """
    check_fields(row_model(model), fields)
    chosen = _chosen(output, stream)
    if chosen == "table":
        _show_table(model, fields, stream, at)
    elif chosen in _REPORTS:
        stream.writelines(_report(model, fields, chosen))
    else:
        stream.writelines(_WRITERS[chosen](model, fields))


def can_stream(output: str | None, stream: TextIO) -> bool:
    """Whether the rows of a list can be written one by one, before the last one is known."""
    return _chosen(output, stream) in _ROW_WRITERS


def show_rows(
    kind: type[Model], items: Iterable[Model], *, output: str | None, fields: Sequence[str], stream: TextIO
) -> None:
    """Write the items of a list of one kind as they come, holding one, where `can_stream`. Raises as `show`."""
    check_fields(kind, fields)
    write = _ROW_WRITERS[_chosen(output, stream)]
    documents = (item.model_dump(mode="json") for item in items)
    first = list(islice(documents, 1))  # what cannot be read fails before a header is written
    stream.writelines(write(kind, chain(first, documents), fields))


def _chosen(output: str | None, stream: TextIO) -> str:
    return output or ("table" if stream.isatty() else "tsv")


def _report(model: Model, fields: Sequence[str], output: str) -> Iterable[str]:
    from sentinai_cli.models.health import HealthReport
    from sentinai_cli.render.junit import as_junit
    from sentinai_cli.render.prometheus import as_prometheus

    if not isinstance(model, HealthReport):
        raise TypeError(f"{type(model).__name__} has no form as {output}")
    if fields:
        raise InvalidInput(
            "fields_not_offered", f"the format {output} has no fields to choose", why="leave out --fields"
        )
    return as_junit(model) if output == "junit" else as_prometheus(model)


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
    scanned = getattr(model.page, "scanned", None)
    more = f"{shown}, more exist"
    if scanned is not None:
        more = f"{shown} after a look at {scanned:,} rows, more may follow"
    if model.page.next is None:
        return f"{more}: a larger --limit shows them"
    onward = "--all reads everything, or go on with" if model.all_at_once else "go on with"
    return f"{more}: {onward}\n--cursor {model.page.next}"
