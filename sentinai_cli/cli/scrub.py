"""Keeps secrets out of everything that is written to standard error."""

import re
from collections.abc import Iterable

MASK = "***"
_CREDENTIALS = re.compile(r"(://[^\s/:@]*:)[^\s@]+(?=@)")


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` with each secret and each `scheme://user:password@` password masked, longest secret first."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return _CREDENTIALS.sub(rf"\1{MASK}", text)
