"""The JSON Schemas of everything that can be shown."""

from sentinai_cli.models.base import Model
from sentinai_cli.models.capability import ResultSchemas


def result_schemas() -> ResultSchemas:
    """The schema of each result that has a view, by the result's name in lower_snake_case, sorted."""
    from sentinai_cli.render.views import view

    kinds = [kind for kind in view.registry if issubclass(kind, Model) and kind is not ResultSchemas]
    return ResultSchemas(
        schemas={_named(kind): kind.model_json_schema(mode="serialization") for kind in sorted(kinds, key=_named)}
    )


def _named(kind: type) -> str:
    name = kind.__name__
    return "".join(
        f"_{letter.lower()}" if letter.isupper() and at else letter.lower() for at, letter in enumerate(name)
    )
