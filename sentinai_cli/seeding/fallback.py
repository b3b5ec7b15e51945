"""Recipes for types that nobody wrote one for, made from the attributes of the entities that a pack declares.

Such payloads have the right shape but no story: what is wrong is said by the type alone.
"""

from collections.abc import Iterable

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.entity import Attribute, AttributeType, Entity
from sentinai_cli.models.exception_type import ExceptionType
from sentinai_cli.seeding.provider.base import Provider
from sentinai_cli.seeding.provider.compound import Listed, Record
from sentinai_cli.seeding.provider.number import Integer, Money
from sentinai_cli.seeding.provider.time import Day, Instant
from sentinai_cli.seeding.provider.value import Choose, Code, Flag, Member
from sentinai_cli.seeding.recipe import Recipe, TypeRecipe

_AMOUNTS = ((0, "10.00"), (500, "900.00"), (900, "14000.00"), (1000, "400000.00"))
_MONEY = ("amount", "balance", "notional", "price", "cost", "total")


def fallback_recipe(pack: DomainPack) -> Recipe:
    """A recipe for a domain without one: all its types, ids prefixed with the domain's first three letters."""
    letters = [character for character in pack.domain_name.upper() if character.isascii() and character.isalnum()]
    return Recipe(
        domain=pack.domain_name,
        idPrefix="".join(letters[:3]) or "EXC",
        desks=("operations-lead",),
        types={name: fallback_type(pack, name) for name in sorted(pack.exception_types)},
    )


def fallback_type(pack: DomainPack, name: str) -> TypeRecipe:
    """A recipe for one type, from the entities that it names, else from all of the pack."""
    entities = _entities(pack, pack.exception_types[name])
    fields = {attribute: _provider(attribute, declared) for attribute, declared in _attributes(entities).items()}
    first_key = _first_key(entities)
    if not fields:
        first_key = "reference"
        fields = {"reference": Code(provider="code", prefix="REF-", digits=8)}
    amount = next((field for field, provider in fields.items() if isinstance(provider, Money)), None)
    return TypeRecipe.model_validate(
        {
            "weight": 1,
            "sources": {f"{pack.domain_name}System": 1},
            "fields": fields,
            "entity": f"${first_key}" if first_key in fields else None,
            "amount": None if amount is None else f"${amount}",
            "currency": "$currency" if amount and "currency" in fields else "USD" if amount else None,
        }
    )


def _entities(pack: DomainPack, declared: ExceptionType) -> list[Entity]:
    names = declared.entities or sorted(pack.entities)
    return [pack.entities[name] for name in names if name in pack.entities]


def _attributes(entities: Iterable[Entity]) -> dict[str, Attribute]:
    return {name: entity.attributes[name] for entity in entities for name in sorted(entity.attributes)}


def _first_key(entities: Iterable[Entity]) -> str | None:
    keys = (key for entity in entities for key in (*entity.keys, *sorted(entity.attributes)))
    return next(keys, None)


def _provider(name: str, attribute: Attribute) -> Provider:
    if attribute.type is AttributeType.ARRAY:
        member = _plain(name, attribute.items or AttributeType.STRING, attribute.values)
        return Listed.model_validate({"provider": "list", "items": (member,)})
    return _plain(name, attribute.type, attribute.values)


def _plain(name: str, kind: AttributeType, values: tuple[str, ...]) -> Provider:
    if values:
        return Choose(provider="choose", weights=dict.fromkeys(values, 1))
    return _PLAIN.get(kind) or _text(name)


_PLAIN: dict[AttributeType, Provider] = {
    AttributeType.INTEGER: Integer(provider="integer", range=(1, 1000)),
    AttributeType.NUMBER: Integer(provider="integer", range=(1, 1000)),
    AttributeType.DECIMAL: Money(provider="money", quantiles=_AMOUNTS),
    AttributeType.BOOLEAN: Flag(provider="flag", perMille=500),
    AttributeType.DATE: Day.model_validate({"provider": "day", "from": "@day", "before": (0, 5)}),
    AttributeType.DATETIME: Instant.model_validate({"provider": "instant", "from": "@moment", "before": (1, 600)}),
    AttributeType.OBJECT: Record(provider="record", fields={}),
}


def _text(name: str) -> Provider:
    if name.lower() == "currency":
        return Choose(provider="choose", weights={"USD": 6, "EUR": 3, "GBP": 1})
    if any(word in name.lower() for word in _MONEY):
        return Money(provider="money", quantiles=_AMOUNTS)
    prefix = "".join(character for character in name if character.isascii() and character.isalnum()).upper()[:3]
    return Member(provider="member", prefix=f"{prefix or 'VAL'}-", digits=6, size=500)
