"""JSON Patch (RFC 6902): what must be done to one document to make another of it."""

from collections.abc import Iterator
from difflib import SequenceMatcher

from sentinai_cli.models.canonical import canonical_bytes
from sentinai_cli.packs.pointer import escape

Operation = dict[str, object]


def json_patch(before: object, after: object) -> tuple[Operation, ...]:
    """Operations `add`, `remove` and `replace`, to be applied in this order; none when both are equal."""
    return tuple(_operations(before, after, ""))


def _operations(before: object, after: object, place: str) -> Iterator[Operation]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _members(before, after, place)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _items(before, after, place)
    elif canonical_bytes(before) != canonical_bytes(after):
        yield {"op": "replace", "path": place, "value": after}


def _members(before: dict[str, object], after: dict[str, object], place: str) -> Iterator[Operation]:
    for key in sorted(before.keys() - after.keys()):
        yield {"op": "remove", "path": f"{place}/{escape(key)}"}
    for key in sorted(after):
        here = f"{place}/{escape(key)}"
        if key in before:
            yield from _operations(before[key], after[key], here)
        else:
            yield {"op": "add", "path": here, "value": after[key]}


def _items(before: list[object], after: list[object], place: str) -> Iterator[Operation]:
    """Operations shift what stands behind them: each index is that of the moment at which it is used."""
    old, new = ([canonical_bytes(item) for item in items] for items in (before, after))
    shift = 0
    for what, start, end, start_after, end_after in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        common = min(end - start, end_after - start_after)
        for step in range(common):
            here = f"{place}/{start + shift + step}"
            yield from _operations(before[start + step], after[start_after + step], here)
        for _ in range(start + common, end):
            yield {"op": "remove", "path": f"{place}/{start + shift + common}"}
        for step in range(start_after + common, end_after):
            index = start + shift + step - start_after
            yield {"op": "add", "path": f"{place}/{index}", "value": after[step]}
        shift += (end_after - start_after) - (end - start)
