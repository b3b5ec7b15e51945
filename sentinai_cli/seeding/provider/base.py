"""What all kinds of fields share.

A term is a literal or a reference: `$orderQty` is a field above, `$_security.isin` a part of one, `@day` and `@moment`
are those of arrival. A range is one term or a pair [least, most]. Decimals and dates stay Python values until the
payload is finished, so that later fields can compute with them.
"""

from decimal import Decimal
from typing import TypeAlias

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from sentinai_cli.models.base import Model
from sentinai_cli.seeding.draft import Draft

Term: TypeAlias = bool | int | str
Range: TypeAlias = int | str | tuple[int | str, int | str]

ABSENT = object()
"""The value of a field that the record leaves out."""


class Provider(Model):
    """The base of all kinds."""

    model_config = ConfigDict(alias_generator=to_camel)

    def value(self, draft: Draft) -> object:
        """Draw the value. Consumes words of the draft's stream only."""
        raise NotImplementedError


def whole(draft: Draft, span: Range) -> int:
    """A whole number: the term itself, or one between two terms, all alike."""
    if isinstance(span, tuple):
        return draft.stream.between(_whole(draft, span[0]), _whole(draft, span[1]))
    return _whole(draft, span)


def number(draft: Draft, term: Term) -> Decimal:
    """A number to compute with; a literal or a text is read as a decimal, whole numbers stay whole."""
    value = draft.resolve(term)
    assert isinstance(value, Decimal | int | str), f"{term} is no number"
    return value if isinstance(value, Decimal | int) else Decimal(value)  # type: ignore[return-value]


def _whole(draft: Draft, term: int | str) -> int:
    value = draft.resolve(term)
    assert isinstance(value, int), f"{term} is no whole number"
    return value
