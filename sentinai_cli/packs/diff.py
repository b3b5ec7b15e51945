"""What changed between two packs, told by the things that they declare and not by places in a file."""

from collections import Counter
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from typing import Any

from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.models.pack_diff import ChangeKind, PackChange, ValueChange
from sentinai_cli.packs.pointer import escape

Document = dict[str, Any]
Name = Callable[[Any], str]

_MAPS = {"entities": "entity", "exceptionTypes": "type", "tools": "tool"}
_LISTS: dict[str, tuple[str, Name, bool]] = {
    "severityRules": ("rule", lambda rule: str(rule.get("ruleId") or rule["condition"]), True),
    "playbooks": ("playbook", lambda playbook: str(playbook["playbookId"]), True),
    "customPlaybooks": ("playbook", lambda playbook: str(playbook["playbookId"]), True),
    "testSuites": ("suite", lambda suite: str(suite["suiteId"]), False),
    "customSeverityOverrides": ("override", lambda override: str(override["exceptionType"]), False),
    "approvedTools": ("approved tool", str, False),
    "toolOverrides": ("tool limit", lambda limit: str(limit["toolName"]), False),
    "humanApprovalRules": ("approval rule", lambda rule: str(rule["severity"]), False),
}
_MEMBERS = {
    "guardrails": "guardrail",
    "customGuardrails": "guardrail",
    "guardrailOverrides": "guardrail",
    "retentionPolicies": "retention",
}


def pack_changes(before: Document, after: Document) -> tuple[PackChange, ...]:
    """The changes between two canonical documents of one kind, section by section, by name.

    Rules and playbooks are tried in order, so that a changed order is a change too.
    """
    keys = list(dict.fromkeys((*_MAPS, *_LISTS, *_MEMBERS, *sorted(before.keys() | after.keys()))))
    return tuple(change for key in keys for change in _section(key, before, after))


def _section(key: str, before: Document, after: Document) -> Iterator[PackChange]:
    if key == "approvedTools" and (key in before) != (key in after):
        # Absent means every tool, so that the first entry takes tools away.
        yield _whole("approved tool", key, before, after)
    elif key in _LISTS:
        section, name, ordered = _LISTS[key]
        old, new = (_by_name(document.get(key, []), name) for document in (before, after))
        yield from _things(section, old, new)
        if ordered:
            yield from _moves(section, list(old), list(new))
    elif key in _MAPS or key in _MEMBERS:
        section = _MAPS.get(key) or _MEMBERS[key]
        yield from _things(section, before.get(key, {}), after.get(key, {}))
    elif canonical_bytes([before.get(key)]) != canonical_bytes([after.get(key)]):
        yield _whole("pack", key, before, after)


def _whole(section: str, key: str, before: Document, after: Document) -> PackChange:
    kind = ChangeKind.ADDED if key not in before else ChangeKind.REMOVED if key not in after else ChangeKind.CHANGED
    detail = ValueChange(pointer="", before=before.get(key), after=after.get(key))
    return PackChange(section=section, name=key, kind=kind, details=(detail,))


def _by_name(items: list[Any], name: Name) -> dict[str, Any]:
    """Items by their names; a name that stands again gets a number."""
    seen: Counter[str] = Counter()
    named = {}
    for item in items:
        called = name(item)
        seen[called] += 1
        named[called if seen[called] == 1 else f"{called} #{seen[called]}"] = item
    return named


def _things(section: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[PackChange]:
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield PackChange(section=section, name=name, kind=ChangeKind.ADDED)
        elif name not in new:
            yield PackChange(section=section, name=name, kind=ChangeKind.REMOVED)
        elif details := tuple(_values(old[name], new[name], "")):
            yield PackChange(section=section, name=name, kind=ChangeKind.CHANGED, details=details)


def _moves(section: str, old: list[str], new: list[str]) -> Iterator[PackChange]:
    first, second = ([name for name in names if name in set(other)] for names, other in ((old, new), (new, old)))
    kept = {
        name
        for block in SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
        for name in first[block.a : block.a + block.size]
    }
    for name in second:
        if name not in kept:
            yield PackChange(section=section, name=name, kind=ChangeKind.MOVED)


def _values(before: Any, after: Any, place: str) -> Iterator[ValueChange]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from _values(before.get(key), after.get(key), f"{place}/{escape(key)}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _values(old, new, f"{place}/{index}")
    elif canonical_bytes(before) != canonical_bytes(after):
        yield ValueChange(pointer=place, before=before, after=after)
