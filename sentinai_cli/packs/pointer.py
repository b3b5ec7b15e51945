"""JSON pointers (RFC 6901): where something stands in a document."""

from collections.abc import Iterator


def pointer(*steps: str | int) -> str:
    """Steps as one pointer; empty for the document itself. An int is an index, from 0."""
    return "".join(f"/{escape(str(step))}" for step in steps)


def escape(step: str) -> str:
    """One step, with `~` and `/` escaped."""
    return step.replace("~", "~0").replace("/", "~1")


def ancestors(place: str) -> Iterator[str]:
    """The pointer itself, then everything that it stands in, up to the document."""
    while place:
        yield place
        place = place.rpartition("/")[0]
    yield ""
