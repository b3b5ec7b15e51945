"""What domain packs and policy packs are written in: strict, frozen models whose JSON is camelCase."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel

from sentinai_cli.models.base import Model
from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.exception import Severity

_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,6})?")


class PackModel(Model):
    """JSON has the camelCase names; Python code may build one by field name. No coercion: `"3"` is not 3."""

    model_config = ConfigDict(
        strict=True,
        alias_generator=to_camel,
        validate_by_alias=True,
        validate_by_name=True,
        str_strip_whitespace=True,
        allow_inf_nan=False,
    )


class Pack(PackModel):
    """A whole pack document. `version` and `description` are the author's words and decide nothing."""

    version: str | None = None
    description: str | None = None

    def canonical(self) -> dict[str, object]:
        """The document as it is stored and hashed: JSON names, and nothing that only repeats a default.

        Two packs that say the same give equal documents, whichever dialect they were written in.
        """
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)

    def checksum(self) -> str:
        """SHA-256 over the canonical document, 64 lower-case hex digits."""
        return checksum(self.canonical())


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _exact(value: Any) -> Any:
    """JSON numbers arrive as float; their shortest decimal spelling is what the author wrote."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = format(Decimal(str(value)), "f")
    if isinstance(value, str):
        if not _AMOUNT.fullmatch(value):
            raise ValueError("not an amount: at most 18 digits, then at most 6 after a point")
        return Decimal(value)
    return value


Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,127}$", strip_whitespace=False)]
"""What is referred to: a type, tool, playbook, entity or domain. Compared exactly, case and blanks included."""

FieldName: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,127}$", strip_whitespace=False)
]
"""The name of a member of a payload."""

Words: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
"""Text for people, never empty."""

PackSeverity: TypeAlias = Annotated[Severity, BeforeValidator(_lower)]
"""A severity in any case: `HIGH` and `high` are the same."""

Amount: TypeAlias = Annotated[Decimal, BeforeValidator(_exact)]
"""Money: a decimal string or a JSON number; kept exactly."""

Document: TypeAlias = Mapping[str, object]
"""A JSON object whose members are not ours to name."""
