"""A JSON document cut into its records: the items of an array, those of `items` or `exceptions`, or the one object.

Only brackets and quotes are looked at, so that a record which is not JSON inside costs itself and no other, and so
that every record keeps its bytes and its line. What is between the records must be JSON; where it is not, reading ends.
"""

import re
from collections.abc import Iterator

from sentinai_cli.models.canonical import NotCanonical
from sentinai_cli.models.exception_ingest import LARGEST_RECORD
from sentinai_cli.models.ingested_record import Fault
from sentinai_cli.models.plain_json import read_plain
from sentinai_cli.services.exception_ingest_source import TOO_LARGE, Piece, Source, parsed

_MARK = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]"]', re.DOTALL)
_IN_TEXT = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_BLANK = re.compile(rb"[ \t\r\n]*")
_BARE = re.compile(rb"[^\s,\]}:\[{\"]*")
_LISTS = ("items", "exceptions")


class _Broken(Exception):
    """The document is not JSON from here on."""


def json_document(source: Source) -> Iterator[Piece]:
    """The records of a document; the last piece may say where it breaks off."""
    text = _Text(source)
    try:
        yield from _records(text)
    except _Broken as error:
        yield Piece(text.line, b"", Fault("invalid_document", "", f"{error}; nothing behind it was read"))


def _records(text: "_Text") -> Iterator[Piece]:
    match text.peek():
        case b"":
            return
        case b"[":
            yield from _items(text)
        case b"{":
            yield from _object(text)
        case _:
            raise _Broken("neither an array nor an object begins here")
    if text.peek():
        raise _Broken("something follows the end of the document; JSON lines are --format jsonl")


def _items(text: "_Text") -> Iterator[Piece]:
    text.take()
    if text.peek() == b"]":
        text.take()
        return
    while True:
        text.peek()
        line, found = text.line, text.value()
        yield Piece(line, b"", TOO_LARGE) if found is None else parsed(line, found)
        match text.peek():
            case b",":
                text.take()
            case b"]":
                text.take()
                return
            case _:
                raise _Broken("the array goes on with neither a comma nor its end")


def _object(text: "_Text") -> Iterator[Piece]:
    """The list in an object, whatever else is in it; an object without one is a record."""
    line, members, listed, size = text.line, [], False, 0
    text.take()
    while text.peek() != b"}":
        name = text.value()
        if text.peek() != b":":
            raise _Broken("a member of the object has no value")
        text.take()
        if text.peek() == b"[" and _is_list(name):
            listed = True
            yield from _items(text)
        else:
            value = text.value()
            size += 2 * LARGEST_RECORD if name is None or value is None else len(name) + len(value) + 2
            if name is not None and value is not None and size <= LARGEST_RECORD:
                members.append(name + b":" + value)
        if text.peek() == b",":
            text.take()
        elif text.peek() != b"}":
            raise _Broken("the object goes on with neither a comma nor its end")
    text.take()
    if not listed:
        yield Piece(line, b"", TOO_LARGE) if size > LARGEST_RECORD else parsed(line, b"{" + b",".join(members) + b"}")


def _is_list(name: bytes | None) -> bool:
    try:
        return name is not None and read_plain(name, max_bytes=LARGEST_RECORD) in _LISTS
    except NotCanonical:
        return False


class _Text:
    """The text of the document from the place that was come to; `line` is that place's, from 1."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._buffer = b""
        self._at = 0
        self._counted = 0
        self._lines = 1

    @property
    def line(self) -> int:
        self._lines += self._buffer.count(b"\n", self._counted, self._at)
        self._counted = self._at
        return self._lines

    def peek(self) -> bytes:
        """The next byte that is not blank; empty at the end."""
        while True:
            blank = _BLANK.match(self._buffer, self._at)
            assert blank is not None
            self._at = blank.end()
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if not self._more():
                return b""

    def take(self) -> None:
        """Go on behind the byte that was seen."""
        self._at += 1

    def value(self) -> bytes | None:
        """The value that begins here, and the place is behind it; None if it is larger than a record may be."""
        pieces: list[bytes] = []
        size = depth = 0
        in_text = False
        first = self.peek()
        bare = first not in (b"{", b"[", b'"')
        while True:
            start = self._at
            done, depth, in_text = self._bare() if bare else self._to_end(depth, in_text=in_text)
            size += self._at - start
            if size <= LARGEST_RECORD:
                pieces.append(self._buffer[start : self._at])
            if done:
                break
            if not self._more():
                if bare:
                    break
                raise _Broken("the document ends in the middle of a value")
        if not size:
            raise _Broken("a value is missing")
        return b"".join(pieces) if size <= LARGEST_RECORD else None

    def _bare(self) -> tuple[bool, int, bool]:
        found = _BARE.match(self._buffer, self._at)
        assert found is not None
        self._at = found.end()
        return self._at < len(self._buffer), 0, False

    def _to_end(self, depth: int, *, in_text: bool) -> tuple[bool, int, bool]:
        """Go as far as the value or the buffer reaches; whether the value is over, and where in it the place is."""
        while True:
            if in_text:
                inside = _IN_TEXT.match(self._buffer, self._at)
                assert inside is not None
                self._at = inside.end()
                if self._buffer[self._at : self._at + 1] != b'"':
                    return False, depth, True
                self._at += 1
                in_text = False
            else:
                mark = _MARK.search(self._buffer, self._at)
                if mark is None:
                    self._at = len(self._buffer)
                    return False, depth, False
                self._at = mark.end()
                seen = mark[0]
                in_text = seen == b'"'
                depth += (seen in (b"{", b"[")) - (seen in (b"}", b"]"))
            if depth <= 0 and not in_text:
                return True, depth, False

    def _more(self) -> bool:
        """Read on; what lies behind is forgotten. False at the end."""
        _ = self.line
        self._buffer = self._buffer[self._at :]
        self._at = self._counted = 0
        block = self._source.read()
        self._buffer += block
        return bool(block)
