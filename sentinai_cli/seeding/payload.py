"""A type's recipe evaluated: the payload, the normalized context and the columns that repeat them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sentinai_cli.seeding.draft import Draft
from sentinai_cli.seeding.provider.compound import fill
from sentinai_cli.seeding.recipe import TypeRecipe


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a recipe gives for one record. Both documents hold JSON only: decimals, days and moments are text."""

    raw_payload: dict[str, object]
    context: dict[str, object]
    entity: str | None
    amount: Decimal | None
    currency: str | None


def draw_payload(recipe: TypeRecipe, domain: str, draft: Draft) -> Drawn:
    """Draw the fields of one record."""
    shown = fill(recipe.fields, draft)
    raw = {**_object(shown), "domain": domain}
    context: dict[str, object] = {"domain": domain}
    for name, term in recipe.context.items():
        context[name] = _json(draft.resolve(term))
    entity = draft.resolve(recipe.entity)
    amount = draft.resolve(recipe.amount)
    currency = draft.resolve(recipe.currency)
    return Drawn(
        raw_payload=raw,
        context=context,
        entity=None if entity is None else str(_json(entity)),
        amount=None if amount is None else abs(Decimal(str(amount))).quantize(Decimal("0.01")),
        currency=None if currency is None else str(currency),
    )


def _object(values: Mapping[str, object]) -> dict[str, object]:
    return {name: _json(value) for name, value in values.items()}


def _json(value: object) -> object:
    writer = _WRITERS.get(type(value))
    if writer is None:
        raise TypeError(f"a recipe cannot show a {type(value).__name__}")
    return writer(value)


def _same(value: object) -> object:
    return value


def _listed(values: Sequence[object]) -> object:
    return [_json(member) for member in values]


def _moment(moment: datetime) -> object:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_WRITERS: dict[type, Callable[[Any], object]] = {
    **dict.fromkeys((str, int, bool, type(None)), _same),
    Decimal: "{:f}".format,
    datetime: _moment,
    date: date.isoformat,
    list: _listed,
    tuple: _listed,
    dict: _object,
}
