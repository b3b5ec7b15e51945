"""The file that a pack is written in, JSON or YAML: its document, and the line on which a pointer stands."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sentinai_cli.models.canonical import MAX_DEPTH, NotCanonical, check_json, decoded, parse_json
from sentinai_cli.models.pack_finding import Finding
from sentinai_cli.packs import yaml_document
from sentinai_cli.packs.finding import MAX_FINDINGS
from sentinai_cli.packs.position import lines, places
from sentinai_cli.packs.yaml_document import NotOurYaml, read_yaml, yaml_lines

MAX_BYTES = 4 * 1024 * 1024
"""Of a pack file. Whoever reads files should stop one byte later: more is refused without being looked at."""

MAX_VALUES = 200_000
MAX_KEY = 256
_LINE = re.compile(r"^line (\d+), ")


class NotADocument(ValueError):
    """A file that holds no document of JSON values; `findings` say why."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        super().__init__("no document")
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was read. `document` is I-JSON within our limits, whichever language it is written in."""

    document: Any
    text: str
    is_yaml: bool

    def lines(self, pointers: Collection[str]) -> dict[str, int]:
        """The line of each pointer, from 1; of one that is not there, the line of its nearest parent that is."""
        if self.is_yaml:
            return yaml_lines(self.text, pointers, max_values=MAX_VALUES, max_key=MAX_KEY)
        return lines(self.text, pointers)


def read_source(data: bytes, *, name: str) -> Source:
    """The document of a file named `*.yaml` or `*.yml`, else of a JSON file. Raises NotADocument.

    Standard input (`-`) is YAML unless it begins with a brace.
    """
    is_yaml = name.lower().endswith((".yaml", ".yml")) or (name == "-" and not data.lstrip().startswith((b"{", b"[")))
    document = _yaml(data) if is_yaml and data.strip() else _json(data)
    return Source(document=document, text=data.decode("utf-8"), is_yaml=is_yaml)


def _json(data: bytes) -> Any:
    try:
        document = parse_json(data, max_bytes=MAX_BYTES)
    except NotCanonical as error:
        raise NotADocument(_not_json(data, error)) from None
    _measure(document)
    return document


def _yaml(data: bytes) -> Any:
    try:
        document = read_yaml(decoded(data, max_bytes=yaml_document.MAX_BYTES), max_values=MAX_VALUES, max_key=MAX_KEY)
        check_json(document)
    except NotOurYaml as error:
        raise NotADocument(error.findings) from None
    except NotCanonical as error:
        raise NotADocument([Finding(pointer=_showable(error.pointer), line=1, problem=error.why or "")]) from None
    return document


def _not_json(data: bytes, error: NotCanonical) -> Iterator[Finding]:
    """The parser's own finding, or every repeated key: those are no error to most JSON tools and easily overlooked."""
    text = data[:MAX_BYTES].decode("utf-8", errors="replace") if len(data) <= MAX_BYTES else ""
    repeated = list(islice((place for place in places(text) if place.repeated), MAX_FINDINGS))
    for place in repeated:
        yield Finding(pointer=_showable(place.pointer), line=place.line, problem="the key stands twice")
    if not repeated:
        stated = _LINE.match(error.why or "")
        line = int(stated[1]) if stated else lines(text, [error.pointer])[error.pointer]
        why = _LINE.sub("", error.why or "is no JSON document")
        yield Finding(pointer=_showable(error.pointer), line=line, problem=why)


def _showable(pointer: str) -> str:
    """The pointer without halves of surrogate pairs; the document's where keys of thousands of characters lead."""
    return pointer.encode("utf-8", "replace").decode() if len(pointer) <= MAX_DEPTH * MAX_KEY else ""


def _measure(document: object) -> None:
    """Refuse what no pack needs and what would make complaining about it expensive."""
    values = 0
    pending = [document]
    while pending:
        value = pending.pop()
        values += 1
        if isinstance(value, dict):
            if any(len(key) > MAX_KEY for key in value):
                raise NotADocument([Finding(pointer="", problem=f"a key has more than {MAX_KEY} characters")])
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
    if values > MAX_VALUES:
        raise NotADocument([Finding(pointer="", problem=f"holds {values} values, at most {MAX_VALUES} are allowed")])
