"""The bytes of an input and the pieces that it falls into, one for each record, in bounded memory."""

import hashlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.canonical import NotCanonical
from sentinai_cli.models.exception_ingest import LARGEST_RECORD
from sentinai_cli.models.ingested_record import Fault
from sentinai_cli.models.plain_json import read_plain

BLOCK = 256 * 1024
_BOM = b"\xef\xbb\xbf"
_OTHER = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK": "a ZIP archive", b"\x1f\x8b": "compressed by gzip"}

TOO_LARGE = Fault("record_too_large", "", f"it is larger than {LARGEST_RECORD:,} bytes")


class Piece(NamedTuple):
    """One record: the line where it begins, its bytes, and the document in them or why there is none."""

    line: int
    text: bytes
    document: object


class Source:
    """An input, read once and in order. `advance` hears how many bytes more were read."""

    def __init__(self, stream: BinaryIO, advance: Callable[[int], None]) -> None:
        self._stream = stream
        self._advance = advance
        self._sha256 = hashlib.sha256()
        self._begun = False

    @property
    def sha256(self) -> str:
        """The digest of what was read so far, hex."""
        return self._sha256.hexdigest()

    def read(self) -> bytes:
        """The next block; empty at the end. Without a byte order mark; raises InvalidInput for what is not UTF-8."""
        try:
            block = self._stream.read(BLOCK)
        except OSError as error:
            raise InvalidInput("file_unreadable", "the input cannot be read", why=error.strerror) from None
        self._sha256.update(block)
        self._advance(len(block))
        if self._begun:
            return block
        self._begun = True
        if other := _OTHER.get(block[:2]):
            raise InvalidInput("input_unreadable", f"the input is {other}", why="save it as UTF-8 text")
        return block.removeprefix(_BOM) or self.read()

    def lines(self) -> Iterator[tuple[int, bytes | None]]:
        """Each line with its number, without its end; None for one that is larger than a record may be."""
        number, rest, too_large = 1, b"", False
        while block := self.read():
            first, *others = block.split(b"\n")
            too_large = too_large or len(rest) + len(first) > LARGEST_RECORD
            rest = b"" if too_large else rest + first
            for line in others:
                yield number, None if too_large else rest
                number, rest, too_large = number + 1, line, len(line) > LARGEST_RECORD
        if rest or too_large:
            yield number, None if too_large else rest


def parsed(line: int, text: bytes) -> Piece:
    """The piece of one JSON text."""
    try:
        return Piece(line, text, read_plain(text, max_bytes=LARGEST_RECORD))
    except NotCanonical as error:
        return Piece(line, text, Fault("invalid_json", error.pointer, error.why or error.what))


def json_lines(source: Source) -> Iterator[Piece]:
    """A record on each line; blank lines are passed over."""
    for number, line in source.lines():
        if line is None:
            yield Piece(number, b"", TOO_LARGE)
        elif line and not line.isspace():
            yield parsed(number, line)
