"""Conditions of packs: CEL, the Common Expression Language (https://cel.dev), compiled and type-checked.

A condition sees `exceptionType`, `severity`, `sourceSystem` (strings), `amount` (a double, or null), `rawPayload` and
`context` (maps whose members have the type that the document gives them). Members of `rawPayload` that the pack's
entities declare are checked with that type, so that `rawPayload.difference > 1000.0` is refused where the difference is
a decimal: money is a string of digits, write `double(rawPayload.difference) > 1000.0`. Each may be null.
`has(rawPayload.x)` asks whether a member is there.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from typing import Any

from sentinai_cli.models.entity import AttributeType
from sentinai_cli.packs.cel_token import OPAQUE
from sentinai_cli.packs.member import Members

_PLACE = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_STATUS = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$| \(in container ''\)$")
MAX_REASON = 300

_MEMBER = re.compile(
    rf"{OPAQUE}|(?P<untyped>\b(?:has\s*\(|null\s*[!=]=)\s*)?"
    r"(?<![\w.])rawPayload\s*\.\s*(?P<name>[A-Za-z_]\w*)(?!\w|\s*\(|\s*[!=]=\s*null\b)",
    re.DOTALL | re.ASCII,
)
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_TRUTH = ("BOOL", "bool_wrapper")
_NULLABLE = {
    AttributeType.STRING: "google.protobuf.StringValue",
    AttributeType.DECIMAL: "google.protobuf.StringValue",
    AttributeType.DATE: "google.protobuf.StringValue",
    AttributeType.DATETIME: "google.protobuf.StringValue",
    AttributeType.INTEGER: "google.protobuf.Int64Value",
    AttributeType.BOOLEAN: "google.protobuf.BoolValue",
}


class InvalidCondition(ValueError):
    """A text that is no condition. The message says why, with line and column inside the text, from 1."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a condition may ask about one exception. `severity` is what its source said, or empty.

    `raw_payload` and `context` are JSON: anything else in them makes every condition that meets it undecidable.
    """

    exception_type: str
    source_system: str
    amount: Decimal | None
    raw_payload: Mapping[str, object]
    context: Mapping[str, object]
    severity: str = ""
    _bound: list[Any] = field(default_factory=list, init=False, repr=False, compare=False)

    def activation(self) -> Any:
        """The facts as CEL sees them, converted once for all conditions."""
        if not self._bound:
            self._bound.append(
                _environment().Activation(
                    {
                        "exceptionType": self.exception_type,
                        "severity": self.severity,
                        "sourceSystem": self.source_system,
                        "amount": None if self.amount is None else float(self.amount),
                        "rawPayload": self.raw_payload,
                        "context": self.context,
                    }
                )
            )
        return self._bound[0]


@dataclass(frozen=True, slots=True)
class EvaluationError:
    """The condition could not be decided, for example because a member is missing. It counts as no match."""

    reason: str


class Condition:
    """One compiled condition. Compiling is slow (about 50 microseconds), evaluating is fast; keep it."""

    def __init__(self, text: str, expression: Any) -> None:
        self.text = text
        self._expression = expression

    @classmethod
    def compile(cls, text: str, members: Members | None = None) -> "Condition":
        """Raises InvalidCondition for bad syntax, unknown names, operands that never fit and results that are no bool.

        `members` are what is declared of `rawPayload`. A bare member of which nothing is known has no type of its
        own: write `rawPayload.flag == true`.
        """
        if "\x00" in text or not _encodable(text):
            raise InvalidCondition("it holds a character that is not text")
        expression = _compiled(_environment(), text)
        kind = expression.return_type()
        if members:
            kind = _compiled(_typed_environment(_signature(members)), _typed(text, members)).return_type()
        if kind.name() not in _TRUTH:
            raise InvalidCondition("it is not known to be true or false; compare it, for example with `== true`")
        return cls(text, expression)

    def evaluate(self, facts: Facts) -> bool | EvaluationError:
        """True, False, or why neither. Never raises for what the facts hold."""
        try:
            result = self._expression.eval(facts.activation()).value()
        except (RuntimeError, ValueError, TypeError, UnicodeError) as error:
            return EvaluationError(_reason(str(error)))
        if isinstance(result, bool):
            return result
        return EvaluationError(_reason(str(result)))


@functools.cache
def _cel() -> Any:
    """The library, untyped, loaded by the first condition and not by commands that meet none."""
    return import_module("cel_expr_python.cel")


@functools.cache
def _environment() -> Any:
    return _cel().NewEnv(variables=_variables())


def _variables() -> dict[str, Any]:
    cel = _cel()
    document = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    return {
        "exceptionType": cel.Type.STRING,
        "severity": cel.Type.STRING,
        "sourceSystem": cel.Type.STRING,
        "amount": cel.Type.DYN,
        "rawPayload": document,
        "context": document,
    }


def _compiled(environment: Any, text: str) -> Any:
    try:
        return environment.compile(text)
    except (RuntimeError, ValueError, TypeError) as error:
        raise InvalidCondition(_compiler_said(str(error))) from None


def _signature(members: Members) -> tuple[tuple[str, AttributeType, AttributeType | None], ...]:
    return tuple(
        sorted((name, member.type, member.items) for name, member in members.items() if _IDENTIFIER.fullmatch(name))
    )


@functools.lru_cache(maxsize=256)
def _typed_environment(signature: tuple[tuple[str, AttributeType, AttributeType | None], ...]) -> Any:
    """An environment to check in, not to evaluate in: it has a variable `rawPayload_NAME` for each member."""
    variables = _variables()
    for name, kind, items in signature:
        variables[_variable(name)] = _cel_type(kind, items)
    return _cel().NewEnv(variables=variables)


def _cel_type(kind: AttributeType, items: AttributeType | None = None) -> Any:
    """The type that may also be null. A number may be whole or not, so nothing is known of it."""
    types = _cel().Type
    if kind is AttributeType.ARRAY:
        return types.List(types.DYN if items is None else _cel_type(items))
    if kind is AttributeType.OBJECT:
        return types.Map(types.STRING, types.DYN)
    return types(_NULLABLE[kind]) if kind in _NULLABLE else types.DYN


def _variable(name: str) -> str:
    """As long as `rawPayload.NAME`, so that the columns of the compiler's messages stay right."""
    return f"rawPayload_{name}"


def _typed(text: str, members: Members) -> str:
    """The condition with typed variables for the members that are declared.

    But in `has()`, which asks for a path, and beside `null`, which any of them may be.
    """

    def named(match: re.Match[str]) -> str:
        name = match["name"]
        return match[0] if name is None or name not in members or match["untyped"] else _variable(name)

    return _MEMBER.sub(named, text)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _compiler_said(message: str) -> str:
    places = _PLACE.findall(message)
    if not places:
        return _reason(message)
    return "; ".join(f"line {line}, column {column}: {_reason(text)}" for line, column, text in places[:3])


def _reason(message: str) -> str:
    return _STATUS.sub("", message.split("\n", 1)[0])[:MAX_REASON]
