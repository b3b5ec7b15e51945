"""The things of a domain that exceptions are about, and the typed attributes that payloads carry of them."""

from enum import StrEnum

from pydantic import Field

from sentinai_cli.models.pack import FieldName, PackModel, Words


class AttributeType(StrEnum):
    """How a value stands in a payload. A decimal is a string of digits, a date `YYYY-MM-DD`, a datetime RFC 3339."""

    STRING = "string"
    INTEGER = "integer"
    DECIMAL = "decimal"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    ARRAY = "array"
    OBJECT = "object"
    ANY = "any"


class Attribute(PackModel):
    """`items` is the type of an array's members; `values`, where given, are the only ones allowed."""

    type: AttributeType
    required: bool = False
    description: Words | None = None
    items: AttributeType | None = None
    values: tuple[str, ...] = ()


class Entity(PackModel):
    """`keys` name the attributes that identify one; `relations` are free text about other entities."""

    description: Words | None = None
    keys: tuple[FieldName, ...] = ()
    attributes: dict[FieldName, Attribute] = Field(default={})
    relations: tuple[Words, ...] = ()
