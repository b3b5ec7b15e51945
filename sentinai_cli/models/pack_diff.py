"""How two packs differ: by the things they declare, and as a JSON Patch."""

from enum import StrEnum

from sentinai_cli.models.base import Model
from sentinai_cli.models.result import ListResult


class ChangeKind(StrEnum):
    """What became of a thing. Moved: it is the same, but its place among its like, which decides, is another."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


class ValueChange(Model):
    """One value inside a thing that changed; `pointer` begins at the thing. None where there is no value."""

    pointer: str
    before: object
    after: object


class PackChange(Model):
    """`section` is the sort of thing (type, rule, tool, playbook …), `name` the thing. `details` are for `changed`."""

    section: str
    name: str
    kind: ChangeKind
    details: tuple[ValueChange, ...] = ()


class PackDiff(ListResult[PackChange]):
    """From pack `a` to pack `b`. `patch` is a JSON Patch (RFC 6902) that makes the one document of the other.

    Packs are compared as they are shown: a value that may be a secret reads `***` in both.
    """

    a: str
    b: str
    patch: tuple[dict[str, object], ...]
