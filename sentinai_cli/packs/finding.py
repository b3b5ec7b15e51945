"""How much is said about a broken pack, and what was perhaps meant."""

import difflib
from collections.abc import Collection

MAX_FINDINGS = 1000
"""Of each kind; a file with more is broken in a way that a longer list does not help with."""

_MOST_CHOICES = 500


def nearest(word: str, choices: Collection[str]) -> str | None:
    """The choice that is spelled nearest, case aside; None when none is near or there are too many to compare."""
    if len(choices) > _MOST_CHOICES:
        return None
    by_lower = {choice.lower(): choice for choice in sorted(choices)}
    near = difflib.get_close_matches(word[:80].lower(), list(by_lower), n=1)
    return by_lower[near[0]] if near else None
