r"""Records in the lines of CSV and TSV, under a header that names the fields.

Cells are read as `exceptions export` writes them: `\n`, `\t`, `\x1b`, `\u202e` are characters, and a backslash is `\\`.
An empty cell is null. Payload and context are JSON.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from difflib import get_close_matches

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.canonical import NotCanonical
from sentinai_cli.models.exception_ingest import LARGEST_RECORD
from sentinai_cli.models.ingested_record import NAMES, NOT_TAKEN, Fault
from sentinai_cli.models.plain_json import read_plain
from sentinai_cli.services.exception_ingest_source import TOO_LARGE, Piece, Source

_DOCUMENTS = frozenset((*NAMES["raw_payload"], *NAMES["normalized_context"]))
_ABSENT_IF_EMPTY = frozenset((*NAMES["normalized_context"], *NOT_TAKEN))
_NEEDED = ("exception_id", "source_system", "type", "created_at", "raw_payload")
_ESCAPE = re.compile(r"\\(?:([ntr\\])|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|.?)", re.DOTALL)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}

Row = tuple[int, bytes, "list[str] | Fault"]


def csv_records(source: Source, *, plain: bool) -> Iterator[Piece]:
    """Records of comma-separated lines. Only `plain` cells may hold line breaks. Raises InvalidInput for the header."""
    csv.field_size_limit(max(csv.field_size_limit(), LARGEST_RECORD))
    return _records(_long_rows(source) if plain else _rows(source, _commas), plain=plain)


def tsv_records(source: Source, *, plain: bool) -> Iterator[Piece]:
    """Records of tab-separated lines, whose cells are never quoted. Raises InvalidInput for the header."""
    return _records(_rows(source, lambda line: line.split("\t")), plain=plain)


def _records(rows: Iterator[Row], *, plain: bool) -> Iterator[Piece]:
    header: list[str] | None = None
    for line, text, cells in rows:
        if header is None:
            header = _header(cells, plain=plain)
        elif isinstance(cells, Fault):
            yield Piece(line, text, cells)
        elif len(cells) != len(header):
            yield Piece(line, text, Fault("invalid_line", "", f"{len(cells)} cells under a header of {len(header)}"))
        else:
            yield Piece(line, text, _document(header, cells, plain=plain))


def _rows(source: Source, cut: Callable[[str], list[str]]) -> Iterator[Row]:
    """A row of each line."""
    for number, line in source.lines():
        if line is None:
            yield number, b"", TOO_LARGE
        elif line and not line.isspace():
            try:
                yield number, line, cut(line.removesuffix(b"\r").decode())
            except UnicodeDecodeError as error:
                yield number, line, _not_text(error)
            except csv.Error as error:
                yield number, line, Fault("invalid_line", "", str(error))


def _commas(line: str) -> list[str]:
    return next(csv.reader([line], strict=True), [])


def _long_rows(source: Source) -> Iterator[Row]:
    """Rows of which some go over several lines: a row is over when its quotes are even."""
    pieces: list[bytes] = []
    begun, size, odd = 1, 0, False
    for number, line in source.lines():
        begun = begun if size else number
        size += LARGEST_RECORD if line is None else len(line) + 1
        odd ^= line is not None and bool(line.count(b'"') % 2)
        if size > LARGEST_RECORD:
            pieces.clear()
        else:
            pieces.append(line or b"")
        if not odd:
            yield from _row(begun, pieces, size)
            pieces, size = [], 0
    if size:
        yield from _row(begun, pieces, size)


def _row(number: int, pieces: list[bytes], size: int) -> Iterator[Row]:
    if size > LARGEST_RECORD:
        yield number, b"", TOO_LARGE
    text = b"\n".join(pieces)
    if text and not text.isspace():
        try:
            yield number, text, next(csv.reader(io.StringIO(text.decode(), newline=""), strict=True), [])
        except UnicodeDecodeError as error:
            yield number, text, _not_text(error)
        except csv.Error as error:
            yield number, text, Fault("invalid_line", "", str(error))


def _header(cells: list[str] | Fault, *, plain: bool) -> list[str]:
    if isinstance(cells, Fault):
        raise _invalid_header(cells.why)
    try:
        names = cells if plain else [_unescaped(cell) for cell in cells]
    except ValueError as error:
        raise _invalid_header(str(error)) from None
    known = [name for each in NAMES.values() for name in each] + sorted(NOT_TAKEN)
    for name in names:
        if name not in known:
            near = get_close_matches(name[:80], known, n=1)
            raise _invalid_header(f"no field is called {name[:80]!r}{f'; perhaps {near[0]}' if near else ''}")
        if names.count(name) > 1:
            raise _invalid_header(f"the column {name} stands there twice")
    for needed in _NEEDED:
        if not set(NAMES[needed]) & set(names):
            raise _invalid_header(f"there is no column {NAMES[needed][0]}")
    return names


def _document(header: list[str], cells: list[str], *, plain: bool) -> dict[str, object] | Fault:
    document: dict[str, object] = {}
    for name, cell in zip(header, cells, strict=True):
        try:
            text = cell if plain else _unescaped(cell)
            if text:
                document[name] = read_plain(text.encode(), max_bytes=LARGEST_RECORD) if name in _DOCUMENTS else text
            elif name not in _ABSENT_IF_EMPTY:
                document[name] = None
        except NotCanonical as error:
            return Fault("invalid_json", f"/{name}{error.pointer}", error.why or error.what)
        except UnicodeEncodeError as error:
            return Fault("invalid_text", f"/{name}", error.reason)
        except ValueError as error:
            return Fault("invalid_text", f"/{name}", str(error))
        if "\0" in text:
            return Fault("invalid_text", f"/{name}", "a NUL character")
    return document


def _unescaped(cell: str) -> str:
    return _ESCAPE.sub(_character, cell) if "\\" in cell else cell


def _character(match: re.Match[str]) -> str:
    short, *codes = match.groups()
    code = next((code for code in codes if code is not None), None)
    if short is None and code is None:
        raise ValueError(f"{match[0]!r} is no escape; a backslash is written {chr(92) * 2}, or --plain-cells")
    return _SHORT[short] if short else chr(int(code or "0", 16))


def _not_text(error: UnicodeDecodeError) -> Fault:
    return Fault("invalid_text", "", f"not UTF-8: byte {error.start} of the line")


def _invalid_header(why: str) -> InvalidInput:
    return InvalidInput("invalid_header", "the first line does not name the fields of exception records", why=why)
