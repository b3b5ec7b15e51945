"""What all kinds of fields share.

A term is a literal or a reference: `$orderQty` is a field above, `$_security.isin` a part of one, `@day` and `@moment`
are those of arrival. A range is one term or a pair [least, most]. A kind writes the code that draws its value
(seeding/draft.py); amounts and days stay numbers there until the payload is written, so that later fields can compute
with them.
"""

from typing import TypeAlias

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.base import Model
from sentinai_cli.seeding.draft import Draft
from sentinai_cli.seeding.value import Kind, Value

Term: TypeAlias = bool | int | str
Range: TypeAlias = int | str | tuple[int | str, int | str]


class Provider(Model):
    """The base of all kinds."""

    model_config = ConfigDict(alias_generator=to_camel)

    def write(self, draft: Draft) -> Value:
        """Write the code that draws the value."""
        raise NotImplementedError


def whole(draft: Draft, span: Range) -> str:
    """The source of a whole number: the term itself, or one between two terms, all alike."""
    if not isinstance(span, tuple):
        return _whole(draft, span)
    least, most = (_whole(draft, term) for term in span)
    limit = int(most) - int(least) + 1 if least.isdecimal() and most.isdecimal() else f"{most} - {least} + 1"
    return draft.below(limit) if least == "0" else f"({least} + {draft.below(limit)})"


def _whole(draft: Draft, term: int | str) -> str:
    value = draft.resolve(term)
    if value.kind is not Kind.WHOLE:
        raise InvalidInput("invalid_seeds", f"{term} is no whole number")
    return value.code
