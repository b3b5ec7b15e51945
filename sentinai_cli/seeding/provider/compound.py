"""Fields made of other fields, and the union of all kinds that a recipe can declare."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from sentinai_cli.seeding.draft import Draft
from sentinai_cli.seeding.provider.base import ABSENT, Provider, Range, Term, whole
from sentinai_cli.seeding.provider.number import (
    Count,
    Difference,
    Flip,
    Integer,
    Money,
    Portion,
    Product,
    Quantity,
    Sum,
)
from sentinai_cli.seeding.provider.time import Day, Instant
from sentinai_cli.seeding.provider.value import Absent, Choose, Code, Fixed, Flag, Member, Pick, Token

_ATTEMPTS = 200


class Text(Provider):
    """The terms written one after the other."""

    provider: Literal["text"]
    parts: tuple[Term, ...]

    def value(self, draft: Draft) -> object:
        return "".join(str(draft.resolve(part)) for part in self.parts)


class Switch(Provider):
    """The field that belongs to another's value; true and false are spelled so."""

    provider: Literal["switch"]
    on: str
    cases: dict[str, "Spec"]
    otherwise: "Spec | None" = None

    def value(self, draft: Draft) -> object:
        key = draft.resolve(self.on)
        chosen = self.cases.get(str(key).lower() if isinstance(key, bool) else str(key), self.otherwise)
        return ABSENT if chosen is None else chosen.value(draft)


class Unlike(Provider):
    """A value of `item` that differs from another value."""

    provider: Literal["unlike"]
    than: str
    item: "Spec"

    def value(self, draft: Draft) -> object:
        other = draft.resolve(self.than)
        for _ in range(_ATTEMPTS):
            value = self.item.value(draft)
            if value != other:
                return value
        raise RuntimeError(f"nothing was unlike {other!r} in {_ATTEMPTS} draws")


class Repeat(Provider):
    """A list of so many different values of `item`, fewer when it has no more to give."""

    provider: Literal["repeat"]
    item: "Spec"
    range: Range

    def value(self, draft: Draft) -> object:
        wanted = whole(draft, self.range)
        found: list[object] = []
        for _ in range(_ATTEMPTS):
            if len(found) == wanted:
                break
            value = self.item.value(draft)
            if value not in found:
                found.append(value)
        return found


class Listed(Provider):
    """A list of exactly these, without those that are absent."""

    provider: Literal["list"]
    items: tuple["Spec", ...]

    def value(self, draft: Draft) -> object:
        drawn = [item.value(draft) for item in self.items]
        return [value for value in drawn if value is not ABSENT]


class Record(Provider):
    """An object with fields of its own; they see those above."""

    provider: Literal["record"]
    fields: dict[str, "Spec"]

    def value(self, draft: Draft) -> object:
        return fill(self.fields, draft.inner())


Spec: TypeAlias = Annotated[
    Fixed
    | Absent
    | Code
    | Token
    | Member
    | Pick
    | Choose
    | Count
    | Flag
    | Integer
    | Quantity
    | Money
    | Portion
    | Flip
    | Sum
    | Difference
    | Product
    | Day
    | Instant
    | Text
    | Switch
    | Unlike
    | Repeat
    | Listed
    | Record,
    Field(discriminator="provider"),
]

for _kind in (Switch, Unlike, Repeat, Listed, Record):
    _kind.model_rebuild()


def fill(fields: Mapping[str, Spec], draft: Draft) -> dict[str, object]:
    """Draw fields in order into the draft. Those whose name starts with `_` are for others to refer to only."""
    shown: dict[str, object] = {}
    for name, field in fields.items():
        value = field.value(draft)
        draft.values[name] = value
        if value is not ABSENT and not name.startswith("_"):
            shown[name] = value
    return shown
