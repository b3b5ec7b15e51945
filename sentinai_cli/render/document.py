"""Results as JSON and JSON lines."""

import json
from collections.abc import Iterable, Iterator, Sequence

from sentinai_cli.models.base import Model
from sentinai_cli.models.result import ListResult
from sentinai_cli.render.fields import cut
from sentinai_cli.render.text import is_harmless


def as_json(model: Model, fields: Sequence[str]) -> Iterator[str]:
    """Exactly one document, indented. A list keeps its page; `fields` apply to its items."""
    document = model.model_dump(mode="json")
    if not fields:
        yield encode(document, indent=2) + "\n"
    elif isinstance(model, ListResult):
        items = [cut(row, fields) for row in document["items"]]
        yield encode({**document, "items": items}, indent=2) + "\n"
    else:
        yield encode(cut(document, fields), indent=2) + "\n"


def as_jsonl(model: Model, fields: Sequence[str]) -> Iterator[str]:
    """One line for each item of a list, one for anything else."""
    return jsonl_rows(type(model), rows(model), fields)


def jsonl_rows(kind: type[Model], documents: Iterable[dict[str, object]], fields: Sequence[str]) -> Iterator[str]:
    """The same, of documents of one kind as they come."""
    for row in documents:
        yield encode(cut(row, fields) if fields else row) + "\n"


def rows(model: Model) -> Iterator[dict[str, object]]:
    """The items of a list, or the one result, each as a JSON document."""
    for row in model.items if isinstance(model, ListResult) else (model,):
        yield row.model_dump(mode="json")


def encode(value: object, indent: int | None = None) -> str:
    r"""JSON that reads as text and is safe to show: what a terminal would act on is written as `\uXXXX`."""
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=indent, separators=separators)
    return "\n".join(line if line.isprintable() else _escaped(line) for line in text.split("\n"))


def _escaped(line: str) -> str:
    return "".join(char if is_harmless(char) else json.dumps(char)[1:-1] for char in line)
