"""A pack's document in canonical spelling that remembers how it was written."""

from dataclasses import dataclass, field
from typing import Any

from sentinai_cli.models.pack_finding import Finding
from sentinai_cli.packs.pointer import pointer


@dataclass(slots=True)
class Normalised:
    """A canonical document, and from where each part of it was moved."""

    document: dict[str, Any]
    findings: list[Finding] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)

    def origin(self, place: str) -> str:
        """The pointer of the same thing in the document as it was written."""
        above = place
        while above:
            if above in self.moved:
                return self.moved[above] + place[len(above) :]
            above = above.rpartition("/")[0]
        return place

    def move(self, place: str, origin: str) -> None:
        """Record that what stands at `place` was written at `origin`, both whole pointers."""
        self.moved[place] = origin

    def refuse(self, place: str, problem: str, expected: str | None = None) -> None:
        """Report something that has no canonical form; `place` is canonical."""
        self.findings.append(Finding(pointer=self.origin(place), problem=problem, expected=expected))

    def rename(self, members: dict[str, Any], place: str, old: str, new: str) -> None:
        """Give a member its canonical name, unless that one is there too: then validation refuses the old."""
        if old in members and new not in members:
            members[new] = members.pop(old)
            self.move(f"{place}{pointer(new)}", f"{self.origin(place)}{pointer(old)}")
