"""Secrets in packs: a pack names where a secret is, it never holds one."""

import re
from collections.abc import Iterator
from itertools import islice

from sentinai_cli.models.pack_finding import Finding
from sentinai_cli.packs.finding import MAX_FINDINGS
from sentinai_cli.packs.pointer import escape

_KEY = re.compile(
    r"(password|passwd|passphrase|secret|token|apikey|accesskey|privatekey|secretkey|credentials|connectionstring)s?$"
)
_REFERENCE = re.compile(r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+", re.DOTALL)
_URL_PASSWORD = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\s@]*:[^/?#\s@]+@")
_TYPE_WORDS = frozenset({"string", "str", "text", "boolean", "bool", "integer", "number", "object", "array"})
MASK = "***"


def looks_secret(key: str) -> bool:
    """Whether a value under this key may be a secret: the key ends in password, token, apiKey and the like."""
    return _KEY.search(re.sub(r"[^a-z0-9]", "", key.lower())) is not None


def secret_findings(document: object) -> tuple[Finding, ...]:
    """Every value that should be a reference, `env:NAME` or `file:PATH`, and is not. The values are not repeated.

    A word such as `string` under such a key declares a parameter's type and is let through.
    """
    return tuple(
        Finding(pointer=pointer, problem="may be a secret", expected="a reference: env:NAME or file:PATH")
        for pointer in islice(_exposed(document, secret=False), MAX_FINDINGS)
    )


def masked(value: object, *, secret: bool = False) -> object:
    """A copy in which values that may be secret read `***`; references stay, they are no secrets."""
    if isinstance(value, dict):
        return {key: masked(member, secret=looks_secret(key)) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [masked(member, secret=secret) for member in value]
    return MASK if _is_exposed(value, secret=secret) else value


def _exposed(value: object, *, secret: bool) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from (f"/{escape(key)}{below}" for below in _exposed(member, secret=looks_secret(key)))
    elif isinstance(value, list | tuple):
        for index, member in enumerate(value):
            yield from (f"/{index}{below}" for below in _exposed(member, secret=secret))
    elif _is_exposed(value, secret=secret):
        yield ""


def _is_exposed(value: object, *, secret: bool) -> bool:
    if isinstance(value, str):
        return (secret and not _harmless(value)) or _URL_PASSWORD.search(value) is not None
    return secret and isinstance(value, int | float) and not isinstance(value, bool)


def _harmless(text: str) -> bool:
    return not text or _REFERENCE.fullmatch(text) is not None or text.lower() in _TYPE_WORDS
