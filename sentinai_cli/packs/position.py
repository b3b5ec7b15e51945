"""Where in a JSON text a value stands: one pass over its words, without building the document."""

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from sentinai_cli.models.canonical import MAX_DEPTH
from sentinai_cli.packs.pointer import ancestors, escape

_WORD = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|\n|[^\s{}\[\],:"]+', re.DOTALL)
_LONGEST = 4096  # a longer pointer leads to nothing that a pack may hold, and would make the pass quadratic


@dataclass(slots=True)
class _Container:
    pointer: str
    is_object: bool
    place: str = ""
    index: int = 0
    keys: set[str] = field(default_factory=set)
    awaits_key: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A value's pointer and the line of its key (or of the value, in an array), from 1."""

    pointer: str
    line: int
    repeated: bool


def places(text: str) -> Iterator[Place]:
    """Every member and item of the document in order; `repeated` when its key stood in that object before.

    `text` need not be valid JSON: what cannot be made out is passed over. Stops at MAX_DEPTH and leaves out what
    stands below keys of thousands of characters.
    """
    line = 1
    stack: list[_Container] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if word == "\n":
            line += 1
            continue
        top = stack[-1] if stack else None
        if word == ",":
            if top is not None:
                top.awaits_key = True
        elif word in "]}":
            if stack:
                stack.pop()
        elif word != ":":
            if top is not None and (place := _place(top, word, line)):
                yield place
            if word in "[{" and not (top is not None and top.is_object and top.awaits_key):
                if len(stack) >= MAX_DEPTH:
                    return
                stack.append(_Container(top.place if top else "", word == "{"))
        line += word.count("\n")


def lines(text: str, pointers: Collection[str]) -> dict[str, int]:
    """The line of each pointer; of one that is not there, the line of its nearest parent that is. At worst line 1."""
    wanted = {ancestor for pointer in pointers for ancestor in ancestors(pointer)}
    found = {"": 1}
    for place in places(text):
        if place.pointer in wanted:
            found.setdefault(place.pointer, place.line)
    return {pointer: next(found[up] for up in ancestors(pointer) if up in found) for pointer in pointers}


def _place(container: _Container, word: str, line: int) -> Place | None:
    if len(container.pointer) > _LONGEST:
        container.awaits_key = False
        container.place = container.pointer
        return None
    if container.is_object:
        if not container.awaits_key or not word.startswith('"'):
            return None
        key = _unquoted(word)
        container.awaits_key = False
        repeated = key in container.keys
        container.keys.add(key)
        container.place = f"{container.pointer}/{escape(key)}"
        return Place(container.place, line, repeated)
    container.place = f"{container.pointer}/{container.index}"
    container.index += 1
    return Place(container.place, line, repeated=False)


def _unquoted(word: str) -> str:
    if "\\" not in word:
        return word[1:-1]
    try:
        return str(json.loads(word))
    except ValueError:
        return word[1:-1]
