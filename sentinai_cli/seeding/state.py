"""The columns of a record follow its story: the fold of its events, kept as they are written.

models.event_fold defines it; a test holds both equal for every record.
"""

from collections.abc import Callable

from sentinai_cli.models.event import EventType
from sentinai_cli.models.prepared_exception import PreparedException

Payload = dict[str, object]


class State:
    """Keeps a new record's columns up to date with the events of its story."""

    __slots__ = ("_record", "_steps")

    def __init__(self, record: PreparedException) -> None:
        self._record = record
        self._steps = 0

    def take(self, event_type: EventType, payload: Payload, moment: str) -> None:
        """Follow one event; `moment` is its time as text."""
        self._record.updated_at = moment
        change = _CHANGES.get(event_type)
        if change is not None:
            change(self, payload, moment)

    def _status(self, payload: Payload, moment: str) -> None:
        self._record.status = str(payload["after"])
        self._record.resolved_at = moment if payload["after"] == "resolved" else None

    def _escalated(self, _: Payload, __: str) -> None:
        self._record.status, self._record.resolved_at = "escalated", None

    def _owner(self, payload: Payload, _: str) -> None:
        self._record.owner = str(payload["after"])

    def _started(self, payload: Payload, _: str) -> None:
        steps = payload["steps"]
        assert isinstance(steps, int)
        self._record.current_playbook_id = str(payload["playbook_id"])
        self._record.current_step, self._steps = (1 if steps else None), steps

    def _stepped(self, payload: Payload, _: str) -> None:
        done = payload["step_order"]
        assert isinstance(done, int)
        self._record.current_step = min(done + 1, self._steps)

    def _completed(self, _: Payload, __: str) -> None:
        self._record.current_step = None


_CHANGES: dict[EventType, Callable[[State, Payload, str], None]] = {
    EventType.STATUS_CHANGED: State._status,
    EventType.ESCALATED: State._escalated,
    EventType.OWNER_CHANGED: State._owner,
    EventType.PLAYBOOK_STARTED: State._started,
    EventType.PLAYBOOK_STEP_COMPLETED: State._stepped,
    EventType.PLAYBOOK_COMPLETED: State._completed,
}
