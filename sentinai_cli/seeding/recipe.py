"""Recipes: for each exception type of a domain, its fields, its sources and which of them the columns repeat."""

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from sentinai_cli.models.base import Model
from sentinai_cli.seeding.provider.base import Term
from sentinai_cli.seeding.provider.compound import Spec


class TypeRecipe(Model):
    """How exceptions of one type look.

    `weight` is the type's share among its domain's. `sources` are weighted. `fields` are drawn in order; those whose
    name starts with `_` are not shown. `entity`, `amount` and `currency` are the columns, `context` what the
    normalized context says beyond them: terms, so `$accountId` repeats a field.
    """

    model_config = ConfigDict(alias_generator=to_camel)

    weight: int
    sources: dict[str, int]
    fields: dict[str, Spec]
    entity: Term | None = None
    amount: Term | None = None
    currency: Term | None = None
    context: dict[str, Term] = Field(default={})


class Recipe(Model):
    """A domain's types. `idPrefix` starts every exception id of the domain."""

    model_config = ConfigDict(alias_generator=to_camel)

    domain: str
    id_prefix: str
    desks: tuple[str, ...]
    types: dict[str, TypeRecipe]
