"""Exceptions named on the command line or on standard input, in the forms that `exceptions list` writes."""

import json
from collections.abc import Iterator, Sequence

from sentinai_cli.cli.file import read_file
from sentinai_cli.errors import InvalidInput

LARGEST = 64 * 1024 * 1024
Key = tuple[str | None, str]
"""The tenant, None where it was not said, and the id."""


def read_keys(given: Sequence[str]) -> list[Key]:
    """Each exception once, in order; `-` stands for those on standard input.

    There a line is an id, or TSV under a header that has `exception_id`, or a JSON object with `exception_id`; with
    `tenant_id` beside it that is its tenant. Raises InvalidInput.
    """
    found: dict[Key, None] = {}
    for name in given:
        for key in _from_lines(_text()) if name == "-" else [(None, name)]:
            found[key] = None
    if given and not found:
        raise InvalidInput("no_exceptions_given", "standard input names no exception")
    return list(found)


def _text() -> str:
    data = read_file("-", LARGEST)
    if len(data) == LARGEST:
        raise InvalidInput("input_too_large", f"standard input holds {LARGEST:,} bytes or more")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise InvalidInput("input_unreadable", "standard input is not UTF-8") from None


def _from_lines(text: str) -> Iterator[Key]:
    lines = [line for line in text.split("\n") if line.strip()]
    header = lines[0].split("\t") if lines else []
    if "exception_id" in header:
        at = header.index("exception_id")
        tenant_at = header.index("tenant_id") if "tenant_id" in header else None
        for line in lines[1:]:
            cells = [cell.replace(r"\\", "\\") for cell in line.split("\t")]
            if len(cells) != len(header):
                raise InvalidInput("invalid_line", f"{line[:80]!r} has not as many cells as its header")
            yield (None if tenant_at is None else cells[tenant_at]), cells[at]
        return
    for line in lines:
        yield _object(line) if line.startswith("{") else (None, line.strip())


def _object(line: str) -> Key:
    try:
        document = json.loads(line)
        tenant, name = document.get("tenant_id"), document["exception_id"]
    except (ValueError, KeyError, RecursionError):
        raise InvalidInput("invalid_line", f"{line[:80]!r} is no object with an exception_id") from None
    if not isinstance(name, str) or not isinstance(tenant, str | None):
        raise InvalidInput("invalid_line", f"{line[:80]!r} has an exception_id or tenant_id that is no text")
    return tenant, name
