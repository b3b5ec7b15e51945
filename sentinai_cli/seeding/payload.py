"""A type's recipe compiled: the function that draws the payload, the context and the columns that repeat them."""

from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

from sentinai_cli.models.reading import Reading
from sentinai_cli.seeding.draft import Draft
from sentinai_cli.seeding.pools import Pools
from sentinai_cli.seeding.provider.compound import fill
from sentinai_cli.seeding.provider.number import number
from sentinai_cli.seeding.randomness import Randomness
from sentinai_cli.seeding.recipe import TypeRecipe
from sentinai_cli.seeding.value import Kind, Value, constant
from sentinai_cli.seeding.written import CALLED, object_of, text

Drawn = tuple[str, str, str | None, str | None, str | None, str]
"""Payload and context as canonical JSON, entity, amount with two decimals, currency, and in three lines what the rules
look at of payload, context and amount."""

Words = tuple[int, ...]


class Payload(NamedTuple):
    """`draw(words, second, number)`: the record's words, the second since 1970 in which it arrived, its number."""

    draw: Callable[[Words, int, int], Drawn]
    words: int
    """How many words the record must have."""
    context_fields: tuple[str, ...]


def compiled(
    recipe: TypeRecipe, domain: str, *, pools: Pools, randomness: Randomness, reading: Reading, first_word: int
) -> Payload:
    """Compile one type's recipe; what it draws begins with the word `first_word`.

    Raises InvalidInput `invalid_seeds` for a recipe whose fields do not fit each other.
    """

    def again(number: int, place: int) -> Callable[[], int]:
        return randomness.stream(f"again.{place}", number).word

    draft = Draft(pools, CALLED | {"again": again, "bisect": bisect_right}, first_word)
    draft.fields = {"@day": Value(Kind.DAY, "day"), "@moment": Value(Kind.INSTANT, "second")}
    draft.line("day = second // 86400")
    raw = fill(recipe.fields, draft) | {"domain": constant(domain)}
    context = {name: draft.resolve(term) for name, term in recipe.context.items()} | {"domain": constant(domain)}
    returned = (
        object_of(raw),
        object_of(context),
        "None" if recipe.entity is None else text(draft.resolve(recipe.entity)),
        "None" if recipe.amount is None else _amount(draft, number(draft, recipe.amount)),
        "None" if recipe.currency is None else text(draft.resolve(recipe.currency)),
    )
    names = [draft.keep(Value(Kind.TEXT, source)).code for source in returned]
    looked_at = _looked_at(reading, raw, context, names)
    draft.line(f"return {', '.join(names)}, {looked_at}")
    return Payload(draft.function("w, second, number"), draft.word, tuple(context))


def _amount(draft: Draft, value: Value) -> str:
    """Without its sign, with two decimals."""
    if value.kind is Kind.WHOLE or value.scale != 2:
        value = draft.keep(Value(Kind.DECIMAL, f"rounded({value.code}, {value.scale})", scale=2, signed=value.signed))
    unsigned = draft.keep(Value(Kind.DECIMAL, f"abs({value.code})", scale=2, signed=False)) if value.signed else value
    return text(unsigned)


def _looked_at(reading: Reading, raw: dict[str, Value], context: dict[str, Value], names: list[str]) -> str:
    """The source of three lines that are the same for records in which the rules see the same.

    What they see of the payload and of the context, each an object, and of the amount.
    """
    seen = []
    for members, fields, whole in ((reading.raw_payload, raw, names[0]), (reading.context, context, names[1])):
        if members is None:
            seen.append(f"f'{{{whole}}}'")
        else:
            shown = {name: fields[name] for name in members if name in fields} | {"domain": fields["domain"]}
            seen.append(f"({object_of(shown)})")
    amount = f" f'{{{names[3]}}}'" if reading.amount else ""
    return f"{seen[0]} + '\\n' + {seen[1]} + '\\n'{amount}"
