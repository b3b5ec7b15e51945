"""Fields made of other fields, and the union of all kinds that a recipe can declare."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from sentinai_cli.errors import InvalidInput
from sentinai_cli.seeding.draft import ATTEMPTS, Draft
from sentinai_cli.seeding.provider.base import Provider, Range, Term, whole
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
from sentinai_cli.seeding.value import Kind, Value
from sentinai_cli.seeding.written import json_of, object_of, text

_AS_TEXT = {Kind.TEXT, Kind.DAY, Kind.INSTANT, Kind.DECIMAL}


class Text(Provider):
    """The terms written one after the other."""

    provider: Literal["text"]
    parts: tuple[Term, ...]

    def write(self, draft: Draft) -> Value:
        parts = [draft.resolve(part) for part in self.parts]
        plain = all(part.plain for part in parts if part.kind is Kind.TEXT)
        return draft.keep(Value(Kind.TEXT, " ".join(text(part) for part in parts) or "''", plain=plain))


class Switch(Provider):
    """The field that belongs to another's value; true and false are spelled so."""

    provider: Literal["switch"]
    on: str
    cases: dict[str, "Spec"]
    otherwise: "Spec | None" = None

    def write(self, draft: Draft) -> Value:
        on = draft.resolve(self.on)
        key = draft.keep(Value(Kind.TEXT, text(on))).code
        specs = list(self.cases.values())
        headers = [f"{'el' if place else ''}if {key} == {case!r}:" for place, case in enumerate(self.cases)]
        if not on.among or not on.among <= self.cases.keys():
            specs.append(self.otherwise or Absent(provider="absent"))
            headers.append("else:" if headers else "if True:")
        branches = [draft.branch(spec.write) for spec in specs]
        value = _joined([found for _, found, _ in branches])
        name = draft.name()
        for header, (lines, found, _) in zip(headers, branches, strict=True):
            with draft.block(header):
                draft.lines(lines)
                draft.line(f"{name} = {_converted(found, value)}")
        draft.word = max(word for _, _, word in branches)
        return value.at(name)


class Unlike(Provider):
    """A value of `item` that differs from another value."""

    provider: Literal["unlike"]
    than: str
    item: "Spec"

    def write(self, draft: Draft) -> Value:
        other = draft.resolve(self.than)
        first = self.item.write(draft)
        kept = draft.keep(first)
        with draft.block(f"if {_sames(kept, other)}:"):
            with draft.loop():
                again = self.item.write(draft)
                draft.line(f"{kept.code} = {again.code}")
                with draft.block(f"if not ({_sames(replace(again, code=kept.code), other)}):"):
                    draft.line("break")
            with draft.block("else:"):
                draft.line(f"raise RuntimeError('nothing was unlike it in {ATTEMPTS} draws')")
        return kept


class Repeat(Provider):
    """A list of so many different values of `item`, fewer when it has no more to give."""

    provider: Literal["repeat"]
    item: "Spec"
    range: Range

    def write(self, draft: Draft) -> Value:
        wanted = draft.keep(Value(Kind.WHOLE, whole(draft, self.range))).code
        found = draft.keep(Value(Kind.JSON, "[]")).code
        with draft.loop():
            with draft.block(f"if len({found}) >= {wanted}:"):
                draft.line("break")
            value = draft.keep(Value(Kind.JSON, json_of(self.item.write(draft)))).code
            with draft.block(f"if {value} not in {found}:"):
                draft.line(f"{found}.append({value})")
        return draft.keep(Value(Kind.JSON, f"'[' + ','.join({found}) + ']'"))


class Listed(Provider):
    """A list of exactly these, without those that are absent."""

    provider: Literal["list"]
    items: tuple["Spec", ...]

    def write(self, draft: Draft) -> Value:
        drawn = [item.write(draft) for item in self.items]
        there = [value for value in drawn if value.kind is not Kind.ABSENT]
        if not any(value.optional for value in there):
            return draft.keep(Value(Kind.JSON, "'[' " + " ',' ".join(map(json_of, there)) + " ']'"))
        members = ", ".join(f"({json_of(value)}) if {value.code} is not None else None" for value in there)
        return draft.keep(Value(Kind.JSON, f"'[' + ','.join([x for x in ({members},) if x is not None]) + ']'"))


class Record(Provider):
    """An object with fields of its own; they see those above."""

    provider: Literal["record"]
    fields: dict[str, "Spec"]

    def write(self, draft: Draft) -> Value:
        with draft.scope():
            return draft.keep(Value(Kind.JSON, object_of(fill(self.fields, draft))))


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


def fill(fields: Mapping[str, Spec], draft: Draft) -> dict[str, Value]:
    """Write fields in order; those to be shown. Those whose name starts with `_` are for others to refer to only."""
    shown: dict[str, Value] = {}
    for name, field in fields.items():
        value = draft.fields[name] = field.write(draft)
        if not name.startswith("_"):
            shown[name] = value
    return shown


def _joined(values: list[Value]) -> Value:
    """What can hold any of these: their own kind if it is one, else text or JSON."""
    there = [value for value in values if value.kind is not Kind.ABSENT]
    optional = len(there) < len(values) or any(value.optional for value in there)
    kinds = {value.kind for value in there}
    if len(kinds) == 1 and not kinds & {Kind.ENTRY, Kind.LIST}:
        one = there[0]
        return Value(
            one.kind,
            "",
            optional=optional,
            plain=all(value.plain for value in there),
            scale=max(value.scale for value in there),
            signed=any(value.signed for value in there),
        )
    if kinds and kinds <= _AS_TEXT:
        plain = all(value.plain for value in there if value.kind is Kind.TEXT)
        return Value(Kind.TEXT, "", optional=optional, plain=plain)
    return Value(Kind.JSON if kinds else Kind.ABSENT, "", optional=optional)


def _converted(value: Value, wanted: Value) -> str:
    """The source of a value in the form of another."""
    if value.kind is Kind.ABSENT:
        return "None"
    if value.kind is wanted.kind:
        steps = wanted.scale - value.scale
        return f"{value.code} * {10**steps}" if steps else value.code
    written = text(value) if wanted.kind is Kind.TEXT else json_of(value)
    return f"None if {value.code} is None else {written}" if value.optional else written


def _sames(one: Value, other: Value) -> str:
    """The source of whether two values are the same."""
    if one.kind is Kind.ENTRY and other.kind is Kind.ENTRY and one.entries and other.entries:
        return f"{one.entries.identity(one.code)} == {other.entries.identity(other.code)}"
    if one.kind is other.kind and one.scale == other.scale and one.kind is not Kind.LIST:
        return f"({one.code} == {other.code})"
    raise InvalidInput("invalid_seeds", "only what is of one kind can be compared")
