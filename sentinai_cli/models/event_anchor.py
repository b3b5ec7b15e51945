"""Anchors: what the newest seal of a log was, written down where whoever rewrites the log cannot reach it."""

from typing import Literal

from pydantic import ValidationError

from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.canonical import NotCanonical, canonical_bytes, parse_json
from sentinai_cli.models.event_payload import Hex64
from sentinai_cli.models.event_seal import EventSeal
from sentinai_cli.models.result import ListResult

LARGEST_FILE = 256 * 1024 * 1024
"""Bytes of a file of anchors, and of a proof."""


class EventAnchor(Model):
    """One line of an anchor file. `hash` is that of the seal, and so of all that came before."""

    format: Literal["sentinai.anchor.v1"] = "sentinai.anchor.v1"
    tenant_id: str
    seal_no: int
    hash: Hex64
    epoch: int
    sealed_at: Moment
    anchored_at: Moment


class EventAnchored(EventAnchor):
    """`written` is False when the file had the line already."""

    written: bool


class EventAnchoredList(ListResult[EventAnchored]):
    """One line for each tenant that has a seal, by id."""


def read_anchors(data: bytes, *, name: str) -> tuple[EventAnchor, ...]:
    """The anchors of a file of JSON lines. Raises InvalidInput naming the file and line, also for none at all."""
    anchors = []
    for number, line in enumerate(data.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            document = parse_json(line)
            anchors.append(EventAnchor.model_validate_json(canonical_bytes(document)))
        except (NotCanonical, ValidationError):
            raise InvalidInput("invalid_anchor", f"{name}, line {number}: not an anchor") from None
    if not anchors:
        raise InvalidInput("invalid_anchor", f"{name} holds no anchor", fix=f"sentinai events anchor {name}")
    return tuple(anchors)


def anchor_fault(anchor: EventAnchor, seal: EventSeal | None) -> str | None:
    """Why the seal of the anchor's number is not the one that the anchor was written of; None if it is."""
    if seal is None:
        return f"seal {anchor.seal_no}, anchored at {anchor.anchored_at.isoformat()}, is not there"
    if seal.hash != anchor.hash:
        return f"seal {anchor.seal_no} is not the one that was anchored at {anchor.anchored_at.isoformat()}"
    return None
