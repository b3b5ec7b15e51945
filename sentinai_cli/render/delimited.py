r"""Results as CSV and TSV: a header, then a line for each item of a list, or one line.

A cell holds no line break, tab or control character: they are written `\n`, `\t`, `\x1b`, `\u202e`, and a backslash
`\\`, so that a line is a record and nothing is lost. Nested values are compact JSON. None and "" are both empty.
What a spreadsheet would take for a formula begins with an escape in CSV: `=1+1` is `\x3d1+1`. Numbers stay as they are.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from sentinai_cli.models.base import Model
from sentinai_cli.render.document import encode, rows
from sentinai_cli.render.fields import columns_of, row_model, value_at
from sentinai_cli.render.text import safe

_FORMULA = re.compile(r"[=@].|[+-](?!\d+(\.\d+)?$).")


def as_tsv(model: Model, fields: Sequence[str]) -> Iterator[str]:
    """Tab-separated; cells are never quoted."""
    return tsv_rows(row_model(model), rows(model), fields)


def as_csv(model: Model, fields: Sequence[str]) -> Iterator[str]:
    """Comma-separated, quoted as RFC 4180 says, lines ended by a newline alone."""
    return csv_rows(row_model(model), rows(model), fields)


def tsv_rows(kind: type[Model], documents: Iterable[dict[str, object]], fields: Sequence[str]) -> Iterator[str]:
    """The same, of documents of one kind as they come."""
    return _lines(fields or tuple(columns_of(kind)), documents, "\t", lambda cell: cell)


def csv_rows(kind: type[Model], documents: Iterable[dict[str, object]], fields: Sequence[str]) -> Iterator[str]:
    """The same, of documents of one kind as they come."""
    return _lines(fields or tuple(columns_of(kind)), documents, ",", _quoted)


def cell(value: object) -> str:
    """One value of a JSON document as the text of a cell."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else encode(value)
    return safe(text.replace("\\", r"\\"))


def _lines(
    columns: Sequence[str], documents: Iterable[dict[str, object]], separator: str, finish: Callable[[str], str]
) -> Iterator[str]:
    yield separator.join(finish(cell(column)) for column in columns) + "\n"
    for row in documents:
        yield separator.join(finish(cell(value_at(row, column))) for column in columns) + "\n"


def _quoted(text: str) -> str:
    if _FORMULA.match(text):
        text = f"\\x{ord(text[0]):02x}{text[1:]}"
    if text and not any(mark in text for mark in ',"') and text == text.strip():
        return text
    return '"' + text.replace('"', '""') + '"' if text else ""
