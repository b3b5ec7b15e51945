"""What of an exception the conditions of a pack look at, so that equal exceptions need to be decided only once."""

import re
from collections.abc import Iterable

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.reading import Reading
from sentinai_cli.packs.cel_token import OPAQUE

_NAME = re.compile(
    rf"{OPAQUE}|(?<![\w])(?P<root>rawPayload|context|amount|sourceSystem)(?!\w)"
    r"(?:\s*\.\s*(?P<member>[A-Za-z_]\w*)(?!\w|\s*\(|\s*\{)"
    r"|\s*\[\s*(?:\"(?P<double>[^\"\\]*)\"|'(?P<single>[^'\\]*)')\s*\])?",
    re.DOTALL | re.ASCII,
)
_GUARD = re.compile(r"""\s*exceptionType\s*==\s*(['"])(?P<type>[A-Za-z0-9_.-]+)\1\s*&&""")


def reading_of(pack: DomainPack) -> Reading:
    """What any condition of the pack looks at."""
    rules = [*pack.severity_rules, *(rule for kind in pack.exception_types.values() for rule in kind.severity_rules)]
    return read_by(rule.condition for rule in rules)


def reading_of_type(pack: DomainPack, exception_type: str | None) -> Reading:
    """What the rules look at that a type is asked against: its own, if the pack knows it, and those of the pack."""
    kind = pack.exception_types.get(exception_type) if exception_type is not None else None
    rules = (*(kind.severity_rules if kind else ()), *pack.severity_rules)
    return read_by(rule.condition for rule in rules if concerns(rule.condition, exception_type))


def concerns(condition: str, exception_type: str | None) -> bool:
    """Whether a condition may hold for a type: False for `exceptionType == 'X' && …` and any type but X.

    Only for a mere conjunction: there a false member makes the whole false, whatever the others come to.
    """
    guard = _GUARD.match(condition)
    if guard is None or guard["type"] == exception_type:
        return True
    rest = re.sub(OPAQUE, "", condition[guard.end() :], flags=re.DOTALL)
    return "||" in rest or "?" in rest


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
