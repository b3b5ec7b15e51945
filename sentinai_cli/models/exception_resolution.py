"""How an exception was resolved."""

from collections.abc import Iterable
from datetime import datetime

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.event import EventType
from sentinai_cli.models.event_list import EventListed
from sentinai_cli.models.exception import Status

TELLS_RESOLUTION = (
    EventType.PLAYBOOK_STARTED,
    EventType.RESOLUTION_APPROVED,
    EventType.STATUS_CHANGED,
    EventType.FEEDBACK_CAPTURED,
)


class Resolution(Model):
    """How an exception was resolved, as far as its events tell. `took_seconds` counts from its creation."""

    resolved_at: Moment
    took_seconds: int
    by: str | None
    reason: str | None
    action: str | None
    approved_by: str | None
    playbook_id: str | None
    feedback: str | None
    effective: bool | None


def resolution_of(created_at: datetime, events: Iterable[EventListed]) -> Resolution | None:
    """How the last resolution came about that the events tell of, in order; None where they tell of none."""
    found: dict[str, object] = {}
    approved: dict[str, object] = {}
    for event in events:
        said = event.payload
        if event.event_type == EventType.PLAYBOOK_STARTED:
            approved["playbook_id"] = said.get("playbook_id")
        elif event.event_type == EventType.RESOLUTION_APPROVED:
            approved["action"], approved["approved_by"] = said.get("approved_action"), said.get("approved_by")
        elif event.event_type == EventType.STATUS_CHANGED and said.get("after") == Status.RESOLVED:
            took = int((event.created_at - created_at).total_seconds())
            found = {"resolved_at": event.created_at, "took_seconds": took, "by": event.actor_id, **approved}
            found["reason"] = said.get("reason")
        elif event.event_type == EventType.FEEDBACK_CAPTURED:
            found["feedback"], found["effective"] = said.get("feedback_text"), said.get("resolution_effective")
    if "resolved_at" not in found:
        return None
    return Resolution.model_validate({**dict.fromkeys(Resolution.model_fields), **found})
