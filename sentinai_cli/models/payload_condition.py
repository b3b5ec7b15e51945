"""`--where`: one condition on a value inside the raw payload or the normalized context."""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Self

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.base import Model

DOCUMENTS = ("raw_payload", "normalized_context")
LONGEST = 500
NUMBER = r"-?[0-9]{1,60}(\.[0-9]{1,60})?"
"""What counts as a number, in a condition as in a payload, where money is a string of digits."""

_WORD = re.compile(r"(?P<path>.+?) +(?P<absent>!?)exists", re.DOTALL)
_COMPARISON = re.compile(r"(?P<path>[^=!<>~]+?) *(?P<operator>!=|>=|<=|=|>|<|~) ?(?P<value>.*)", re.DOTALL)


class Comparison(StrEnum):
    EQUAL = "="
    UNEQUAL = "!="
    ABOVE = ">"
    BELOW = "<"
    AT_LEAST = ">="
    AT_MOST = "<="
    CONTAINS = "~"
    EXISTS = "exists"
    ABSENT = "!exists"


class PayloadCondition(Model):
    """A value at `path` in `document`, else in the raw payload or, where that has none, in the normalized context.

    Numbers compare as numbers, also where the payload has them as strings; with a `value` that is no number texts
    compare by their characters. CONTAINS ignores case. What is not there fits ABSENT alone; null is there.
    """

    path: tuple[str, ...]
    document: str | None = None
    comparison: Comparison
    value: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `settlement.leg.0.amount>1000`, `note~bank` or `note exists`. Raises InvalidInput."""
        found = _WORD.fullmatch(text.strip()) or _COMPARISON.fullmatch(text.strip())
        if found is None or len(text) > LONGEST:
            raise _invalid(text)
        parts = found.groupdict()
        path = tuple(step.strip() for step in parts["path"].split("."))
        document = path[0] if path[0] in DOCUMENTS and len(path) > 1 else None
        path = path[1:] if document else path
        if not all(path):
            raise _invalid(text)
        if "operator" not in parts:
            comparison = Comparison.ABSENT if parts["absent"] else Comparison.EXISTS
            return cls(path=path, document=document, comparison=comparison)
        return cls(path=path, document=document, comparison=Comparison(parts["operator"]), value=parts["value"])

    @property
    def number(self) -> Decimal | None:
        """The value as a number, if it is one."""
        return Decimal(self.value) if self.value is not None and re.fullmatch(NUMBER, self.value, re.ASCII) else None


def _invalid(text: str) -> InvalidInput:
    return InvalidInput(
        "invalid_condition",
        f"{text[:80]!r} is not a condition",
        why="as in amount>1000, currency=USD, note~bank, trade.isin exists, legs.0.side!=BUY",
    )
