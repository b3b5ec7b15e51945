"""Tokens of a PostgreSQL script, by the rules of the manual's chapter on lexical structure.

A semicolon inside a string, a dollar-quoted body, a quoted name or a comment ends no statement, and a keyword there is
none. Strings are read as with standard_conforming_strings on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from sentinai_cli.errors import InvalidInput


class Kind(Enum):
    WORD = auto()
    QUOTED = auto()
    STRING = auto()
    NUMBER = auto()
    SYMBOL = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is the name without its quotes for QUOTED, upper case for WORD, as it stands otherwise.

    `start` and `end` are places in the script, `line` counts from 1.
    """

    kind: Kind
    text: str
    start: int
    end: int
    line: int
    name: str = ""
    """What the server takes as a name: lower case unless quoted."""


_SPACE = re.compile(r"\s+|--[^\n]*")
_TAG = re.compile(r"\$(?:[^\W\d]\w*)?\$")
_ESCAPED = re.compile(r"[eE]'(?:[^'\\]|\\.|'')*'", re.DOTALL)
_PLAIN = re.compile(r"(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*'")
_QUOTED = re.compile(r'(?:[uU]&)?"(?:[^"]|"")*"')
_WORD = re.compile(r"[^\W\d][\w$]*")
_NUMBER = re.compile(r"(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|0[xXoObB][\da-fA-F_]+")
_SYMBOL = re.compile(r"::|:=|=>|[-+*/<>=~!@#%^&|`?]+|.", re.DOTALL)
_OPENING = ("'", '"')


def tokens(script: str) -> Iterator[Token]:
    """The tokens, without comments and space. Raises InvalidInput `unfinished_sql` naming the line."""
    at, line = 0, 1
    while at < len(script):
        end = _skipped(script, at, line)
        if end == at:
            token = _token(script, at, line)
            yield token
            end = token.end
        line += script.count("\n", at, end)
        at = end


def _skipped(script: str, at: int, line: int) -> int:
    """Where the space or the comment at `at` ends; `at` itself when there is none. Block comments nest."""
    if found := _SPACE.match(script, at):
        return found.end()
    if not script.startswith("/*", at):
        return at
    depth, place = 1, at + 2
    while depth:
        opening, closing = script.find("/*", place), script.find("*/", place)
        if closing < 0:
            raise _unfinished("comment", line)
        depth += 1 if 0 <= opening < closing else -1
        place = (opening if 0 <= opening < closing else closing) + 2
    return place


def _token(script: str, at: int, line: int) -> Token:
    if tag := _TAG.match(script, at):
        end = script.find(tag.group(), tag.end())
        if end < 0:
            raise _unfinished(f"body quoted by {tag.group()}", line)
        end += len(tag.group())
        return Token(Kind.STRING, script[at:end], at, end, line)
    for pattern in (_ESCAPED, _PLAIN):
        if found := pattern.match(script, at):
            return Token(Kind.STRING, found.group(), at, found.end(), line)
    if found := _QUOTED.match(script, at):
        name = found.group()[found.group().index('"') + 1 : -1].replace('""', '"')
        return Token(Kind.QUOTED, name, at, found.end(), line, name)
    if script[at] in _OPENING or script[at : at + 2].upper() == "E'":
        raise _unfinished("quoted name" if script[at] == '"' else "string", line)
    if found := _WORD.match(script, at):
        return Token(Kind.WORD, found.group().upper(), at, found.end(), line, found.group().lower())
    if found := _NUMBER.match(script, at):
        return Token(Kind.NUMBER, found.group(), at, found.end(), line)
    found = _SYMBOL.match(script, at)
    assert found is not None
    end = _before_comment(script, at, found.end())
    return Token(Kind.SYMBOL, script[at:end], at, end, line)


def _before_comment(script: str, at: int, end: int) -> int:
    """An operator ends where a comment begins, as in `a+--one more`."""
    places = [place for mark in ("--", "/*") if (place := script.find(mark, at, end)) > at]
    return min(places, default=end)


def _unfinished(what: str, line: int) -> InvalidInput:
    return InvalidInput("unfinished_sql", f"the {what} that begins on line {line} has no end")
