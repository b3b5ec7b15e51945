"""The fold: what events make of an exception, and which events cannot follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from sentinai_cli.models.event import EventType
from sentinai_cli.models.event_fold import Contradiction, State, fold
from sentinai_cli.models.exception import Severity, Status

START = datetime(2026, 11, 18, 9, tzinfo=UTC)
CREATED: dict[str, object] = {
    "source_system": "EHR",
    "record_digest": "0" * 64,
    "severity": "low",
    "status": "open",
    "sla_deadline": "2026-11-21T09:00:00.000000Z",
}


@dataclass(frozen=True)
class Happened:
    event_no: int
    event_type: EventType
    payload: dict[str, object]
    created_at: datetime


def after(*events: tuple[EventType, Mapping[str, object]]) -> State:
    story: list[tuple[EventType, Mapping[str, object]]] = [(EventType.EXCEPTION_CREATED, CREATED), *events]
    return fold(
        Happened(number, kind, dict(payload), START + timedelta(minutes=number))
        for number, (kind, payload) in enumerate(story, start=1)
    )


def changed(before: object, to: object) -> dict[str, object]:
    return {"before": before, "after": to}


def test_creation_sets_the_first_state() -> None:
    state = after()
    assert (state.severity, state.status, state.owner) == (Severity.LOW, Status.OPEN, None)
    assert state.sla_deadline == datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert state.record_digest == "0" * 64
    assert state.updated_at == START + timedelta(minutes=1)


def test_triage_and_a_change_set_the_severity() -> None:
    triaged = (EventType.TRIAGE_COMPLETED, {"exception_type": "X", "severity": "high", "layer": "rule"})
    assert after(triaged).severity is Severity.HIGH
    assert after(triaged, (EventType.SEVERITY_CHANGED, changed("high", "medium"))).severity is Severity.MEDIUM


def test_resolving_is_dated_and_reopening_undates_it() -> None:
    resolved = (EventType.STATUS_CHANGED, changed("open", "resolved"))
    assert after(resolved).resolved_at == START + timedelta(minutes=2)
    reopened = after(resolved, (EventType.REOPENED, {"before": "resolved"}))
    assert (reopened.status, reopened.resolved_at) == (Status.OPEN, None)


def test_escalation_owner_deadline_and_update_set_their_columns() -> None:
    state = after(
        (EventType.OWNER_CHANGED, changed(None, "ada")),
        (EventType.ESCALATED, {"before": "open", "to": "desk", "reason": "late"}),
        (EventType.SLA_CHANGED, changed("2026-11-21T09:00:00Z", None)),
        (EventType.EXCEPTION_UPDATED, {"record_digest": "1" * 64, "changes": {}}),
        (EventType.COMMENT_ADDED, {"text": "hm"}),
    )
    assert (state.owner, state.status, state.sla_deadline) == ("ada", Status.ESCALATED, None)
    assert state.record_digest == "1" * 64
    assert state.updated_at == START + timedelta(minutes=6)


def test_a_playbook_moves_from_step_to_step_and_stays_named_when_done() -> None:
    started = (EventType.PLAYBOOK_STARTED, {"playbook_id": "PB", "steps": 2})
    first = (EventType.PLAYBOOK_STEP_COMPLETED, {"playbook_id": "PB", "step_order": 1, "action": "a"})
    second = (EventType.PLAYBOOK_STEP_COMPLETED, {"playbook_id": "PB", "step_order": 2, "action": "b"})
    done = (EventType.PLAYBOOK_COMPLETED, {"playbook_id": "PB", "steps": 2})
    assert after(started).current_step == 1
    assert after(started, first).current_step == 2
    assert after(started, first, second).current_step == 2
    finished = after(started, first, second, done)
    assert (finished.current_playbook_id, finished.current_step) == ("PB", None)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (EventType.EXCEPTION_CREATED, CREATED),
        (EventType.STATUS_CHANGED, changed("analyzing", "resolved")),
        (EventType.SEVERITY_CHANGED, changed("high", "low")),
        (EventType.OWNER_CHANGED, changed("ada", "eve")),
        (EventType.SLA_CHANGED, changed(None, "2026-11-21T09:00:00Z")),
        (EventType.ESCALATED, {"before": "resolved", "to": "desk", "reason": "late"}),
        (EventType.REOPENED, {"before": "resolved"}),
        (EventType.PLAYBOOK_COMPLETED, {"playbook_id": "PB", "steps": 2}),
        (EventType.PLAYBOOK_STEP_COMPLETED, {"playbook_id": "PB", "step_order": 1, "action": "a"}),
        (EventType.STATUS_CHANGED, {"before": "open"}),
        (EventType.STATUS_CHANGED, changed("open", "lost")),
        (EventType.TRIAGE_COMPLETED, {"severity": 3}),
        (EventType.PLAYBOOK_STARTED, {"playbook_id": "PB", "steps": "two"}),
        (EventType.SLA_CHANGED, changed("2026-11-21T09:00:00Z", "tomorrow")),
    ],
)
def test_an_event_that_cannot_follow_is_named(kind: EventType, payload: dict[str, object]) -> None:
    with pytest.raises(Contradiction, match="event 2") as caught:
        after((kind, payload))
    assert caught.value.event_no == 2
    assert caught.value.code == "events_contradict"


def test_a_story_begins_with_creation() -> None:
    with pytest.raises(Contradiction, match="event 1"):
        fold([Happened(1, EventType.COMMENT_ADDED, {"text": "hm"}, START)])
    with pytest.raises(Contradiction) as caught:
        fold([])
    assert caught.value.why == "there is no event"
