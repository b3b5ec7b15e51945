"""Which parts of an exception something looks at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """The top-level members of both documents that are looked at, None where it may be all; and the attributes.

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


def _both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other
