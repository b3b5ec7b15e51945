"""`--fields a,b.c`: which paths a model has, and a document cut down to them."""

import types
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, Union, get_args, get_origin

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.base import Model
from sentinai_cli.models.result import ListResult

Tree: TypeAlias = dict[str, "Tree"]


def row_model(model: Model) -> type[Model]:
    """The model of one row: a list's item, else the result itself. Known for an empty list too."""
    if not isinstance(model, ListResult):
        return type(model)
    item = _parts(type(model).model_fields["items"].annotation)[0]
    if not isinstance(item, type) or not issubclass(item, Model):
        raise TypeError(f"{type(model).__name__} does not say what its items are")
    return item


def check_fields(model: type[Model], fields: Sequence[str]) -> None:
    """Raise InvalidInput, listing what there is, if a path is not one of the model's.

    A path may lead into nested models and lists of them, and anywhere into a document (a field of type dict).
    """
    for field in fields:
        if not _exists(model, field.split(".")):
            names = ", ".join(names_of(model))
            raise InvalidInput("unknown_field", f"there is no field {field!r}", why=f"fields: {names}")


def columns_of(model: type[Model]) -> dict[str, Any]:
    """The names of a model's own fields as it is written, computed ones last, each with its annotation."""
    declared = {name: field.annotation for name, field in model.model_fields.items()}
    return declared | {name: field.return_type for name, field in model.model_computed_fields.items()}


def names_of(model: type[Model], prefix: str = "") -> list[str]:
    """Every path of the model, parents before children, in the order of declaration."""
    found = []
    for name, annotation in columns_of(model).items():
        found.append(prefix + name)
        for part in _parts(annotation):
            if isinstance(part, type) and issubclass(part, Model):
                found += names_of(part, f"{prefix}{name}.")
    return found


def cut(document: object, fields: Sequence[str]) -> object:
    """The document with nothing but these paths, in their order, nested as they were; what is missing is null."""
    tree: Tree = {}
    whole = {field for field in fields if not any(field.startswith(f"{other}.") for other in fields)}
    for field in fields:
        if field in whole:
            branch = tree
            for name in field.split("."):
                branch = branch.setdefault(name, {})
    return _prune(document, tree)


def value_at(document: object, field: str) -> object:
    """The value at a path; along a list, the list of its values. None when a step is missing."""
    for name in field.split("."):
        if isinstance(document, list):
            return [value_at(item, field) for item in document]
        document = document.get(name) if isinstance(document, Mapping) else None
        field = field.partition(".")[2]
    return document


def _prune(value: object, tree: Tree) -> object:
    if not tree:
        return value
    if isinstance(value, list):
        return [_prune(item, tree) for item in value]
    if not isinstance(value, Mapping):
        return None
    return {name: _prune(value.get(name), branch) for name, branch in tree.items()}


def _exists(annotation: Any, path: Sequence[str]) -> bool:
    if not path:
        return True
    if not path[0]:
        return False
    for part in _parts(annotation):
        if part in (Any, object) or get_origin(part) in (dict, Mapping):
            return True
        if isinstance(part, type) and issubclass(part, Model) and path[0] in columns_of(part):
            return _exists(columns_of(part)[path[0]], path[1:])
    return False


def _parts(annotation: Any) -> list[Any]:
    """What a value may be: the members of a union, the items of a tuple or list, without None."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return [] if annotation is types.NoneType else [annotation]
    if get_origin(annotation) in (Union, types.UnionType, tuple, list):
        return [part for member in get_args(annotation) if member is not ... for part in _parts(member)]
    return [annotation]
