"""The seeds directory, read: the vocabulary, the recipes and the scenarios."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

import orjson
from pydantic import ValidationError

from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.base import Model
from sentinai_cli.models.canonical import JSON, parse_json
from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.seeding.fallback import fallback_recipe, fallback_type
from sentinai_cli.seeding.recipe import Recipe, TypeRecipe
from sentinai_cli.seeding.scenario import Scenario, ScenarioTenant

Read = TypeVar("Read", bound=Model)


@dataclass(frozen=True)
class Library:
    """What seeding draws from; equal directories give equal libraries."""

    vocabulary: Mapping[str, Sequence[object]]
    recipes: Mapping[str, Recipe]
    scenarios: Mapping[str, Scenario]

    @classmethod
    def read(cls, root: Path) -> "Library":
        """Read `vocabulary.json`, `recipes/*.json` and `scenarios/*.json`. Raises InvalidInput `invalid_seeds`."""
        vocabulary = parse_json((root / "vocabulary.json").read_bytes())
        if not isinstance(vocabulary, dict):
            raise InvalidInput("invalid_seeds", f"{root / 'vocabulary.json'} is not a JSON object")
        recipes = [_read(path, Recipe) for path in sorted((root / "recipes").glob("*.json"))]
        scenarios = [_scenario(path) for path in sorted((root / "scenarios").glob("*.json"))]
        return cls(
            vocabulary={name: section for name, section in vocabulary.items() if isinstance(section, list)},
            recipes={recipe.domain: recipe for recipe in recipes},
            scenarios={scenario.name: scenario for scenario in scenarios},
        )

    def scenario(self, name: str) -> Scenario:
        """A scenario by its name. Raises NotFound `unknown_scenario`."""
        if name not in self.scenarios:
            near, known = get_close_matches(name, self.scenarios, n=2), sorted(self.scenarios)
            why = f"did you mean {', '.join(near)}" if near else f"known are: {', '.join(known)}"
            raise NotFound("unknown_scenario", f"there is no scenario {name!r}", why=why, fix="sentinai seed scenarios")
        return self.scenarios[name]

    def mixed(self, pack: DomainPack, tenant: ScenarioTenant | None) -> Recipe:
        """The recipe with the mix of types and sources that a scenario declares for a tenant."""
        recipe = self.recipe(pack)
        if tenant is None or not (tenant.types or tenant.sources):
            return recipe
        types = {}
        for name, kind in recipe.types.items():
            sources = {source: tenant.sources.get(source, weight) for source, weight in kind.sources.items()}
            changed = {"weight": tenant.types.get(name, kind.weight), "sources": sources}
            types[name] = TypeRecipe.model_validate(kind.model_dump(by_alias=True) | changed)
        return Recipe(domain=recipe.domain, idPrefix=recipe.id_prefix, desks=recipe.desks, types=types)

    def recipe(self, pack: DomainPack) -> Recipe:
        """How to seed exactly the types of `pack`: as written where a recipe exists, else from their entities.

        By name, since the order of a pack's keys does not survive being stored.
        """
        written = self.recipes.get(pack.domain_name)
        if written is None:
            return fallback_recipe(pack)
        types = {name: written.types.get(name) or fallback_type(pack, name) for name in sorted(pack.exception_types)}
        return Recipe(domain=written.domain, idPrefix=written.id_prefix, desks=written.desks, types=types)


def _scenario(path: Path) -> Scenario:
    """A scenario; one that is `like` another names only what differs in its timeline."""
    document = parse_json(path.read_bytes())
    if isinstance(document, dict) and isinstance(like := document.pop("like", None), str):
        other = _other(path, like)
        base, own = other.get("timeline") if isinstance(other, dict) else None, document.get("timeline", {})
        if isinstance(base, dict) and isinstance(own, dict):
            document["timeline"] = base | own
    return _valid(path, orjson.dumps(document), Scenario)


def _other(path: Path, like: str) -> JSON:
    beside = path.with_name(f"{like}.json") if like.isidentifier() else path
    if beside == path or not beside.exists():
        raise InvalidInput("invalid_seeds", f"{path}: there is no scenario {like!r} to be like")
    return parse_json(beside.read_bytes())


def _read(path: Path, kind: type[Read]) -> Read:
    parse_json(path.read_bytes())
    return _valid(path, path.read_bytes(), kind)


def _valid(path: Path, data: bytes, kind: type[Read]) -> Read:
    try:
        return kind.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        raise InvalidInput("invalid_seeds", f"{path}: {first['msg']}", why=f"at /{place}") from None
