"""What of an exception the conditions of a pack look at, so that equal exceptions need to be decided only once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.packs.cel_token import OPAQUE

_NAME = re.compile(
    rf"{OPAQUE}|(?<![\w])(?P<root>rawPayload|context|amount|sourceSystem)(?!\w)"
    r"(?:\s*\.\s*(?P<member>[A-Za-z_]\w*)(?!\w|\s*\(|\s*\{)"
    r"|\s*\[\s*(?:\"(?P<double>[^\"\\]*)\"|'(?P<single>[^'\\]*)')\s*\])?",
    re.DOTALL | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The members of both documents that are looked at, None where it may be all of them; and the attributes.

    More than is looked at may be named, never less. The exception's type is always looked at.
    """

    raw_payload: frozenset[str] | None = frozenset()
    context: frozenset[str] | None = frozenset()
    amount: bool = False
    source_system: bool = False

    def __or__(self, other: "Reading") -> "Reading":
        return Reading(
            raw_payload=_both(self.raw_payload, other.raw_payload),
            context=_both(self.context, other.context),
            amount=self.amount or other.amount,
            source_system=self.source_system or other.source_system,
        )


def reading_of(pack: DomainPack) -> Reading:
    """What any condition of the pack looks at."""
    rules = [*pack.severity_rules, *(rule for kind in pack.exception_types.values() for rule in kind.severity_rules)]
    return read_by(rule.condition for rule in rules)


def read_by(conditions: Iterable[str]) -> Reading:
    """What these conditions look at; each compiles."""
    found = Reading()
    for condition in conditions:
        for match in _NAME.finditer(condition):
            found = found | _read(match)
    return found


def _read(match: re.Match[str]) -> Reading:
    member = match["member"] or match["double"] or match["single"]
    members = None if member is None else frozenset({member})
    match match["root"]:
        case "rawPayload":
            return Reading(raw_payload=members)
        case "context":
            return Reading(context=members)
        case "amount":
            return Reading(amount=True)
        case "sourceSystem":
            return Reading(source_system=True)
    return Reading()


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other
