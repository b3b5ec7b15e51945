"""Keeps secrets out of everything that is written to standard error."""

import re
from collections.abc import Collection

MASK = "***"
_CREDENTIALS = re.compile(r"(://[^\s/:@]*:)[^\s@]+(?=@)")


def scrub(text: str, secrets: Collection[str] = (), public: Collection[str] = ()) -> str:
    """`text` with each secret and each `scheme://user:password@` password masked, longest secret first.

    A password such as `postgres` is also part of words that everybody sees. Masking it there would give it away, so a
    secret that is one of the `public` words stays, and one that is a part of such a word is masked only by itself.
    """
    words = {*public, "postgresql", "sentinai"}
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        if secret in public:
            continue
        if any(secret in word for word in words):
            text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(secret)}(?![A-Za-z0-9])", MASK, text)
        else:
            text = text.replace(secret, MASK)
    return _CREDENTIALS.sub(rf"\1{MASK}", text)
