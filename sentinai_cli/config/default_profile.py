"""Writing the default profile into a configuration file, and nothing else."""

import os
import re
import tempfile
import tomllib
from contextlib import suppress
from pathlib import Path

from sentinai_cli.config.text_file import read_if_there
from sentinai_cli.errors import InvalidInput, Refused

_LINE = re.compile(r"""^(profile[ \t]*=[ \t]*)(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')""", re.MULTILINE)
_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_HEAD = re.compile(r"(?:#[^\n]*\n)*")


def write_default(path: Path, name: str, *, origin: str) -> bool:
    """Make `name` the default profile of the TOML file at `path`, which is made when it is not there.

    Returns False when it is already. Every other byte stays, comments too; readers see the old file or the new one.
    Raises InvalidInput for a file that is not TOML or cannot be written, and Refused `config_file_unusual` for one
    that says it in a way this does not know how to change.
    """
    before = read_if_there(path, origin=origin) or ""
    document = _parsed(before, origin)
    if document.get("profile") == name:
        return False
    after = _edited(before, name)
    if _parsed_or_none(after) != {**document, "profile": name}:
        raise Refused(
            "config_file_unusual",
            f"{origin} names its profile in a way that is not changed by machine",
            why=f"write it by hand: profile = {_quoted(name)}, before the first table",
        )
    _replace(path, after, origin)
    return True


def _edited(text: str, name: str) -> str:
    table = _TABLE.search(text)
    top, rest = (text[: table.start()], text[table.start() :]) if table else (text, "")
    changed, count = _LINE.subn(lambda found: found.group(1) + _quoted(name), top, count=1)
    if count:
        return changed + rest
    head = _HEAD.match(top)
    at = head.end() if head else 0
    return f"{text[:at]}profile = {_quoted(name)}\n{'' if text[at : at + 1] in ('', chr(10)) else chr(10)}{text[at:]}"


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _parsed(text: str, origin: str) -> dict[str, object]:
    document = _parsed_or_none(text)
    if document is None:
        raise InvalidInput("invalid_config_file", f"{origin} is not valid TOML", fix="sentinai config show")
    return document


def _parsed_or_none(text: str) -> dict[str, object] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None


def _replace(path: Path, text: str, origin: str) -> None:
    """Through a file beside it. A link stays a link, and the file keeps its mode; a new one is its owner's alone."""
    place = Path(os.path.realpath(path))
    draft = None
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mode = place.stat().st_mode & 0o7777 if place.exists() else 0o600
        number, draft = tempfile.mkstemp(prefix=".sentinai-", dir=place.parent)
        with os.fdopen(number, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fchmod(number, mode)
            os.fsync(number)
        Path(draft).replace(place)
    except OSError as error:
        if draft is not None:
            with suppress(OSError):
                Path(draft).unlink()
        raise InvalidInput("file_unwritable", f"{origin} cannot be written", why=error.strerror) from None
