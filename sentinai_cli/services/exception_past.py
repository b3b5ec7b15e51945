"""What an exception was at an earlier moment: the fold of the events until then."""

from datetime import datetime

from sentinai_cli.errors import NotFound
from sentinai_cli.models.event import EventType
from sentinai_cli.models.event_fold import fold
from sentinai_cli.models.exception import ExceptionDetail


def as_it_was(today: ExceptionDetail, *, at: datetime) -> tuple[ExceptionDetail, bool]:
    """The exception with the state that its events until `at`, inclusive, make, and with those events alone.

    Source, entity, amount and both documents are never rewritten by an event that could be undone here: they are
    those of today, and the flag tells whether an ExceptionUpdated after `at` has changed them. Raises NotFound when it
    did not exist yet, and CheckFailed for events that contradict each other.
    """
    events = tuple(event for event in today.events if event.created_at <= at)
    if not events:
        raise NotFound(
            "exception_not_found",
            f"there was no exception {today.exception_id} at {at.isoformat()}",
            why=f"it was created at {today.created_at.isoformat()}",
            fix=f"sentinai exceptions show {today.exception_id} --tenant {today.tenant_id}",
        )
    state = fold(events)
    rewritten = any(event.event_type == EventType.EXCEPTION_UPDATED for event in today.events[len(events) :])
    then = {**state.columns(), "updated_at": state.updated_at, "events": events}
    return ExceptionDetail.model_validate({**dict(today), **then}), rewritten
