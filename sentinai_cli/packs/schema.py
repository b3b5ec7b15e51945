"""What the models allow at a place of a document, and what pydantic's complaints mean to the author of a pack."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sentinai_cli.models.pack_finding import Finding
from sentinai_cli.packs.finding import MAX_FINDINGS, nearest
from sentinai_cli.packs.pointer import pointer

_NAMES = "a letter, then letters, digits, '_', '.' or '-', at most 128"
_KINDS: dict[type, str] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}
_PROBLEMS: dict[str, tuple[str, str | None]] = {
    "missing": ("is missing", None),
    "string_pattern_mismatch": ("cannot be used as a name", _NAMES),
    "too_short": ("is empty", None),
    "string_too_short": ("is empty", None),
}
Place = tuple[int | str, ...]


def json_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a pack file in its canonical spelling."""
    document = model.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **document}


def complaints(error: ValidationError) -> list[ErrorDetails]:
    """What the validator complains about, without "too short" where the items are there and only wrong."""
    details = error.errors(include_url=False)
    return [detail for detail in details if detail["type"] != "too_short" or not detail["input"]]


def findings_of(details: Sequence[ErrorDetails], model: type[BaseModel]) -> tuple[Finding, ...]:
    """The complaints, at most MAX_FINDINGS of them, with pointers into the document that was validated."""
    return tuple(_finding(detail, model) for detail in details[:MAX_FINDINGS])


def keys_at(model: type[BaseModel], place: Place) -> tuple[str, ...]:
    """The JSON keys that the object at `place` may have; empty where its keys are free or there is no object."""
    annotation: object = model
    for step in place:
        annotation = _below(annotation, step)
    inner = _model(annotation)
    return tuple(info.alias or name for name, info in inner.model_fields.items()) if inner else ()


def _finding(detail: ErrorDetails, model: type[BaseModel]) -> Finding:
    place, kind = detail["loc"], detail["type"]
    if place and place[-1] == "[key]":
        return Finding(pointer=pointer(*place[:-1]), problem="cannot be used as a name", expected=_NAMES)
    where = pointer(*place)
    if kind == "extra_forbidden":
        return _unknown_key(where, str(place[-1]), keys_at(model, place[:-1]))
    if kind in {"enum", "literal_error"}:
        return _no_such_value(where, detail)
    if kind in _PROBLEMS:
        problem, expected = _PROBLEMS[kind]
        return Finding(pointer=where, problem=problem, expected=expected)
    message = detail["msg"].removeprefix("Value error, ")
    if message.startswith("Input should be "):
        problem = f"is {_KINDS.get(type(detail['input']), 'something else')}"
        expected = message.removeprefix("Input should be ").replace("a valid ", "a ")
        return Finding(pointer=where, problem=problem, expected=re.sub(r"\ba (?=[aio])", "an ", expected))
    return Finding(pointer=where, problem=message[0].lower() + message[1:])


def _no_such_value(where: str, detail: ErrorDetails) -> Finding:
    choices = re.findall(r"'([^']*)'", detail["msg"])
    given = detail["input"]
    near = nearest(given, choices) if isinstance(given, str) else None
    return Finding(pointer=where, problem="is not one of the values", expected=", ".join(choices), suggestion=near)


def _unknown_key(where: str, key: str, keys: Sequence[str]) -> Finding:
    return Finding(
        pointer=where,
        problem=f"unknown key {key[:80]!r}",
        expected=f"one of {', '.join(keys)}" if keys else None,
        suggestion=nearest(key, keys),
    )


def _below(annotation: object, step: int | str) -> object:
    inner = _model(annotation)
    if inner is not None:
        for name, info in inner.model_fields.items():
            if step in {info.alias, name}:
                return info.annotation
        return None
    for choice in _choices(annotation):
        origin = get_origin(choice)
        if origin is tuple:
            return get_args(choice)[0]
        if origin in {dict, Mapping}:
            return get_args(choice)[1]
    return None


def _model(annotation: object) -> type[BaseModel] | None:
    models = (choice for choice in _choices(annotation) if isinstance(choice, type) and get_origin(choice) is None)
    return next((choice for choice in models if issubclass(choice, BaseModel)), None)


def _choices(annotation: object) -> list[object]:
    """The annotation itself, or what an Optional or Annotated holds."""
    if get_origin(annotation) is Annotated:
        return _choices(get_args(annotation)[0])
    members = get_args(annotation) if type(None) in get_args(annotation) else ()
    return [choice for member in members for choice in _choices(member)] or [annotation]
