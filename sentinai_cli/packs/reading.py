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
