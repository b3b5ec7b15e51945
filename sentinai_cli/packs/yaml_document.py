"""Packs written in YAML: the subset that says the same to every YAML tool, read into JSON values with their lines.

Anchors, aliases, tags, merge keys and several documents are refused, and so are plain words that YAML 1.1 and 1.2 read
differently (`no`, `on`, `0x1f`, `007`): nothing becomes a boolean or a number that its author did not write as one.
Keys are text as they are spelled.
"""

import json
import re
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any

from sentinai_cli.models.canonical import MAX_DEPTH
from sentinai_cli.models.pack_finding import Finding
from sentinai_cli.packs.finding import MAX_FINDINGS
from sentinai_cli.packs.pointer import ancestors, escape

MAX_BYTES = 1024 * 1024
"""Of a pack file in YAML, whose parser is far slower than that of JSON."""

_LONGEST = 4096  # of a pointer; below that long a path nothing is looked for

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_ODD_BREAK = re.compile("[\x85\u2028\u2029]")
_UNSURE_WORD = re.compile(r"yes|no|on|off|=|<<", re.IGNORECASE)
_UNSURE_NUMBER = re.compile(
    r"[-+]?(0[xX][0-9a-fA-F_]+|0[oO]?[0-7_]*|0[bB][01_]+|[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?"
    r"|\.[0-9][0-9_]*([eE][-+]?[0-9]+)?|\.(inf|nan)|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?)",
    re.IGNORECASE,
)


class NotOurYaml(ValueError):
    """A text that is no YAML document, or not one that every tool reads alike; `findings` say where."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("not a YAML document that can be read")
        self.findings = findings


@dataclass(slots=True)
class _Container:
    value: dict[str, Any] | list[Any]
    pointer: str
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    """Values and their lines out of parser events; goes on after what it refuses, to find the rest too."""

    max_values: int
    max_key: int
    wanted: Collection[str] = ()
    lines: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    stack: list[_Container] = field(default_factory=list)
    root: Any = None
    documents: int = 0
    values: int = 0

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                self.stop(event, "a second document begins", "one document in a file")
        elif kind == "AliasEvent":
            self.refuse(event, "is an alias", "the value itself, written out")
            self.put(None, event)
        elif kind == "ScalarEvent":
            self.scalar(event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self.begin(event, {} if kind == "MappingStartEvent" else [])
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self.stack.pop()

    def scalar(self, event: Any) -> None:
        if self._awaits_key():
            self.key(event)
            return
        self.plain(event)
        self.put(self.resolved(event), event)

    def key(self, event: Any) -> None:
        top = self.stack[-1]
        assert isinstance(top.value, dict)
        if len(event.value) > self.max_key:
            self.stop(event, f"a key has more than {self.max_key} characters")
        top.key = event.value
        self.plain(event)
        if event.value == "<<" and event.implicit[0]:
            self.refuse(event, "is a merge key", "the members themselves, written out")
        if event.value in top.value:
            self.refuse(event, "the key stands twice")
        self.note_line(event)

    def resolved(self, event: Any) -> Any:
        if not event.implicit[0]:
            return event.value
        text: str = event.value
        if text in _WORDS:
            return _WORDS[text]
        if _NUMBER.fullmatch(text):
            return self.number(event, text)
        if _UNSURE_WORD.fullmatch(text) or _UNSURE_NUMBER.fullmatch(text):
            self.refuse(
                event, f"{text[:40]!r} means different things to different YAML tools", "quotes, true, false or digits"
            )
        return text

    def number(self, event: Any, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError:
            self.refuse(event, "a number of too many digits", "quotes around it")
            return 0

    def begin(self, event: Any, value: Any) -> None:
        self.plain(event)
        if self._awaits_key():
            self.stop(event, "a key that is no text", "text")
        if len(self.stack) >= MAX_DEPTH:
            self.stop(event, f"nested deeper than {MAX_DEPTH} levels")
        place = self._place()
        self.put(value, event)
        above = self.stack[-1].pointer if self.stack else ""
        self.stack.append(_Container(value, place if len(place) <= _LONGEST else above))

    def plain(self, event: Any) -> None:
        if event.anchor is not None:
            self.refuse(event, "has an anchor", "the value alone")
        if event.tag is not None and event.tag != "!":
            self.refuse(event, f"has the tag {event.tag[:60]!r}", "the value alone")

    def put(self, value: Any, event: Any) -> None:
        self.values += 1
        if self.values > self.max_values:
            self.stop(event, f"holds more than {self.max_values} values")
        self.note_line(event)
        top = self.stack[-1] if self.stack else None
        if top is None:
            self.root = value
        elif isinstance(top.value, list):
            top.value.append(value)
        elif top.key is None:
            self.stop(event, "a key that is no text", "text")
        else:
            top.value.setdefault(top.key, value)
            top.key = None

    def note_line(self, event: Any) -> None:
        if self.wanted and (place := self._place()) in self.wanted:
            self.lines.setdefault(place, _line(event))

    def refuse(self, event: Any, problem: str, expected: str | None = None) -> None:
        if len(self.findings) < MAX_FINDINGS:
            finding = Finding(pointer=self._place(), line=_line(event), problem=problem, expected=expected)
            self.findings.append(finding)

    def stop(self, event: Any, problem: str, expected: str | None = None) -> None:
        self.refuse(event, problem, expected)
        raise NotOurYaml(self.findings)

    def _awaits_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].value, dict) and self.stack[-1].key is None

    def _place(self) -> str:
        if not self.stack:
            return ""
        top = self.stack[-1]
        if isinstance(top.value, list):
            return f"{top.pointer}/{len(top.value)}"
        return top.pointer if top.key is None else f"{top.pointer}/{escape(top.key)}"


def read_yaml(text: str, *, max_values: int, max_key: int) -> Any:
    """The document. Raises NotOurYaml, never RecursionError. `text` is not larger than MAX_BYTES."""
    builder = _Builder(max_values, max_key)
    if (odd := _ODD_BREAK.search(text)) is not None:
        line = text.count("\n", 0, odd.start()) + 1
        problem = f"holds U+{ord(odd[0]):04X}, a line break to some YAML tools only"
        raise NotOurYaml([Finding(pointer="", line=line, problem=problem, expected="an escape in double quotes")])
    _feed(builder, text)
    if not builder.documents:
        builder.findings.append(Finding(pointer="", line=1, problem="is empty", expected="a YAML document"))
    if builder.findings:
        raise NotOurYaml(builder.findings)
    return builder.root


def yaml_lines(text: str, pointers: Collection[str], *, max_values: int, max_key: int) -> dict[str, int]:
    """The line of each pointer; of one that is not there, the line of its nearest parent that is. At worst line 1."""
    wanted = {up for pointer in pointers for up in ancestors(pointer)}
    builder = _Builder(max_values, max_key, wanted)
    with suppress(NotOurYaml):
        _feed(builder, text)
    found = {"": 1, **builder.lines}
    return {pointer: next(found[up] for up in ancestors(pointer) if up in found) for pointer in pointers}


def _feed(builder: _Builder, text: str) -> None:
    try:
        for event in _events(text):
            builder.take(event)
    except _library().YAMLError as error:
        raise NotOurYaml([*builder.findings, _syntax(error)]) from None


def _events(text: str) -> Iterator[Any]:
    library = _library()
    return library.parse(text, Loader=getattr(library, "CSafeLoader", library.SafeLoader))  # type: ignore[no-any-return]


@cache
def _library() -> Any:
    """PyYAML, untyped, loaded only where there is YAML to read."""
    return import_module("yaml")


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _syntax(error: Any) -> Finding:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be parsed"
    return Finding(pointer="", line=mark.line + 1 if mark else 1, problem=f"no YAML: {problem}"[:300])
