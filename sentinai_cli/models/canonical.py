"""Canonical JSON: RFC 8785 over I-JSON, the one form in which documents are hashed and compared.

Refused at the boundary, with a JSON pointer: non-finite numbers, numbers beyond 2^53-1, NUL, lone surrogates,
duplicate keys, nesting deeper than 64, documents over the size limit.
"""

import hashlib
import json
import math
from typing import TypeAlias

import orjson
import rfc8785

from sentinai_cli.errors import InvalidInput

JSON: TypeAlias = "None | bool | int | float | str | list[JSON] | dict[str, JSON]"

MAX_DEPTH = 64
MAX_BYTES = 8 * 1024 * 1024
MAX_SAFE_INTEGER = 2**53 - 1


class NotCanonical(InvalidInput):
    """A document that has no canonical form; `pointer` (RFC 6901) says where."""

    def __init__(self, pointer: str, why: str) -> None:
        super().__init__("invalid_json", f"not an acceptable JSON document at {pointer or '/'}", why=why)
        self.pointer = pointer


def parse_json(data: bytes, *, max_bytes: int = MAX_BYTES) -> JSON:
    """Read one JSON document from UTF-8 bytes. Raises NotCanonical; never RecursionError or ValueError."""
    text = decoded(data, max_bytes=max_bytes)
    try:
        value: JSON = json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise NotCanonical("", f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise NotCanonical("", f"nested deeper than {MAX_DEPTH} levels") from None
    except ValueError:
        raise NotCanonical("", f"a number beyond {MAX_SAFE_INTEGER}; write it as a string") from None
    check_json(value)
    return value


def decoded(data: bytes, *, max_bytes: int = MAX_BYTES) -> str:
    """The text of a file in UTF-8 without a byte order mark. Raises NotCanonical for any other."""
    if len(data) > max_bytes:
        raise NotCanonical("", f"larger than the limit of {max_bytes} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotCanonical("", f"not UTF-8: byte {error.start} cannot be decoded") from None
    if text.startswith("\ufeff"):
        raise NotCanonical("", "starts with a byte order mark; save it as UTF-8 without one")
    return text


def check_json(value: object) -> None:
    """Raise NotCanonical, with a pointer, unless `value` is I-JSON within our limits."""
    _check(value, 0)


def canonical_bytes(value: object) -> bytes:
    """The RFC 8785 form. Raises NotCanonical for what `check_json` refuses."""
    if _is_plain(value, 0) or _check(value, 0):
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def checksum(value: object) -> str:
    """SHA-256 over the canonical form, 64 lower-case hex digits."""
    return hashlib.sha256(canonical_bytes(value)).hexdigest()


def _unique_keys(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
    document = dict(pairs)
    if len(document) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise NotCanonical("", f"the key {twice!r} stands twice in one object")
    return document


def _no_constant(name: str) -> JSON:
    raise NotCanonical("", f"{name} is not JSON")


def _is_plain(value: object, depth: int) -> bool:
    """True for ASCII text, safe integers, booleans, null and shallow containers of them, which `_check` would pass.

    Most documents are plain; only for the others is it worth knowing where in them something stands.
    """
    kind = type(value)
    if kind is str:
        return value.isascii() and "\x00" not in value  # type: ignore[attr-defined,operator]
    if value is None or kind is bool:
        return True
    if kind is int:
        return -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER  # type: ignore[operator]
    if depth >= MAX_DEPTH:
        return False
    if kind is dict:
        for key, member in value.items():  # type: ignore[attr-defined]
            if type(key) is not str or not key.isascii() or "\x00" in key or not _is_plain(member, depth + 1):
                return False
        return True
    if kind is list or kind is tuple:
        return all(_is_plain(member, depth + 1) for member in value)  # type: ignore[attr-defined]
    return False


def _check(value: object, depth: int) -> bool:
    """Refuse what is not I-JSON; True when orjson with sorted keys writes the same bytes as RFC 8785 asks for.

    orjson differs in two places only: how floats are written, and the order of keys beyond the BMP's surrogates
    (RFC 8785 sorts by UTF-16 code units, orjson by UTF-8 bytes). ASCII keys and no floats make both equal.
    The pointer of a refusal is put together on the way out, so that long keys above many values cost nothing.
    """
    if isinstance(value, str):
        _check_text(value)
        return True
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int | float):
        if isinstance(value, float) and not math.isfinite(value):
            raise NotCanonical("", "a number that is not finite")
        if abs(value) > MAX_SAFE_INTEGER:
            raise NotCanonical("", f"a number beyond {MAX_SAFE_INTEGER}; write it as a string")
        return isinstance(value, int)
    if depth >= MAX_DEPTH:
        raise NotCanonical("", f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, dict):
        return _check_members(value, depth)
    if isinstance(value, list | tuple):
        return _check_items(value, depth)
    raise NotCanonical("", f"a {type(value).__name__} is not JSON")


def _check_members(members: dict[object, object], depth: int) -> bool:
    simple = True
    for key, member in members.items():
        if not isinstance(key, str):
            raise NotCanonical("", "a key that is not a string")
        try:
            _check_text(key)
            simple = _check(member, depth + 1) and key.isascii() and simple
        except NotCanonical as error:
            step = key.replace("~", "~0").replace("/", "~1")
            raise NotCanonical(f"/{step}{error.pointer}", error.why or "") from None
    return simple


def _check_items(items: list[object] | tuple[object, ...], depth: int) -> bool:
    simple = True
    for index, item in enumerate(items):
        try:
            simple = _check(item, depth + 1) and simple
        except NotCanonical as error:
            raise NotCanonical(f"/{index}{error.pointer}", error.why or "") from None
    return simple


def _check_text(text: str) -> None:
    if "\x00" in text:
        raise NotCanonical("", "a NUL character")
    if text.isascii():
        return
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise NotCanonical("", "half of a surrogate pair") from None
