"""The ends of pages as texts: letters, digits, `-` and `_`. What stands in one is for its list to check."""

import base64
import binascii
import json
from datetime import datetime

from sentinai_cli.errors import InvalidInput


def pack(place: list[object]) -> str:
    """The text of a place, which is made of texts, numbers, nulls and lists of them."""
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")


def unpack(text: str, length: int) -> list[object]:
    """The place that `pack` wrote, of so many values. Raises InvalidInput for anything else."""
    try:
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        raise damaged() from None
    if not isinstance(place, list) or len(place) != length:
        raise damaged()
    return place


def moment(value: object) -> datetime:
    """A time that stands in a place. Raises ValueError."""
    found = datetime.fromisoformat(str(value))
    if found.tzinfo is None:
        raise ValueError("a time needs an offset")
    return found


def damaged() -> InvalidInput:
    """The failure of a text that is no cursor."""
    return _invalid("it is damaged")


def of_another_list() -> InvalidInput:
    """The failure of a cursor that was made for another question."""
    return _invalid("it belongs to another filter, order or tenant; repeat the options of the page before")


def _invalid(why: str) -> InvalidInput:
    return InvalidInput("invalid_cursor", "the cursor cannot be used here", why=why)
