"""Conditions of packs: CEL, the Common Expression Language (https://cel.dev), compiled and type-checked.

A condition sees `exceptionType`, `severity`, `sourceSystem` (strings), `amount` (a double, or null), `rawPayload` and
`context` (maps whose members have the type that the document gives them). Money in a payload is a decimal string:
write `double(rawPayload.difference) > 1000.0`. `has(rawPayload.x)` asks whether a member is there.
"""

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from typing import Any

_PLACE = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_STATUS = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$| \(in container ''\)$")
MAX_REASON = 300


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
    def compile(cls, text: str) -> "Condition":
        """Raises InvalidCondition for bad syntax, unknown names, operands that never fit and results that are no bool.

        A bare member such as `rawPayload.flag` has no type of its own: write `rawPayload.flag == true`.
        """
        if "\x00" in text or not _encodable(text):
            raise InvalidCondition("it holds a character that is not text")
        try:
            expression = _environment().compile(text)
        except (RuntimeError, ValueError, TypeError) as error:
            raise InvalidCondition(_compiler_said(str(error))) from None
        if expression.return_type() != _cel().Type.BOOL:
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
    cel = _cel()
    document = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    return cel.NewEnv(
        variables={
            "exceptionType": cel.Type.STRING,
            "severity": cel.Type.STRING,
            "sourceSystem": cel.Type.STRING,
            "amount": cel.Type.DYN,
            "rawPayload": document,
            "context": document,
        }
    )


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
