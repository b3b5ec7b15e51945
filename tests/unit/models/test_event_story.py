"""Every type of event is told in words, and so is what fits no type."""

from typing import Any
from uuid import UUID

import pytest

from sentinai_cli.models.event import ActorType, Event, EventType
from sentinai_cli.models.event_story import Change, told
from tests.db.records import EPOCH

STORIES: dict[EventType, tuple[dict[str, Any], str]] = {
    EventType.EXCEPTION_CREATED: (
        {
            "source_system": "Ledger",
            "record_digest": "ab" * 32,
            "severity": "high",
            "status": "open",
            "sla_deadline": "2026-03-02T17:00:00Z",
        },
        "came from Ledger: open, high, due 2026-03-02 17:00Z",
    ),
    EventType.EXCEPTION_NORMALIZED: (
        {"domain": "Finance", "entity": "ACC-1", "fields": ["account", "day"]},
        "Finance, about ACC-1; context has account, day",
    ),
    EventType.TRIAGE_COMPLETED: (
        {"exception_type": "LATE", "severity": "low", "layer": "rule", "rule": "/a/1", "confidence": "0.5"},
        "LATE is low by rule (/a/1), confidence 0.5",
    ),
    EventType.POLICY_EVALUATED: (
        {"decision": "BLOCK", "approval_required": True, "violated_rules": ["a", "b"]},
        "BLOCK, a person must approve; violates a, b",
    ),
    EventType.RESOLUTION_SUGGESTED: (
        {"suggested_action": "retry", "playbook_id": "PB", "step_order": 2, "reasoning": "it helped before"},
        "retry; playbook PB; step 2; it helped before",
    ),
    EventType.RESOLUTION_APPROVED: ({"approved_action": "retry", "approved_by": "ada"}, "retry, approved by ada"),
    EventType.FEEDBACK_CAPTURED: (
        {"feedback_type": "resolution", "rating": 4, "resolution_effective": False},
        "resolution; 4 of 5; it did not work",
    ),
    EventType.LLM_DECISION_PROPOSED: (
        {"agent_name": "triage", "decision": "retry", "reasoning": "why not"},
        "triage: retry; why not",
    ),
    EventType.COPILOT_QUESTION_ASKED: ({"question": "Why?"}, "Why?"),
    EventType.COPILOT_ANSWER_GIVEN: ({"answer": "So.", "sources": ["EX-1"]}, "So.; EX-1"),
    EventType.EXCEPTION_UPDATED: (
        {"record_digest": "ab" * 32, "changes": {"entity": {"before": None, "after": "B"}}},
        "entity none -> B",
    ),
    EventType.STATUS_CHANGED: (
        {"before": "open", "after": "resolved", "reason": "paid"},
        "status open -> resolved; paid",
    ),
    EventType.OWNER_CHANGED: ({"before": "ada", "after": None}, "owner ada -> none"),
    EventType.SEVERITY_CHANGED: ({"before": "low", "after": "high"}, "severity low -> high"),
    EventType.SLA_CHANGED: (
        {"before": None, "after": "2026-03-02T17:00:00Z"},
        "deadline none -> 2026-03-02T17:00:00+00:00",
    ),
    EventType.COMMENT_ADDED: ({"text": "Called."}, "Called."),
    EventType.PLAYBOOK_STARTED: ({"playbook_id": "PB", "steps": 3}, "PB, 3 steps"),
    EventType.PLAYBOOK_STEP_COMPLETED: (
        {"playbook_id": "PB", "step_order": 1, "action": "call", "notes": "done"},
        "step 1 of PB: call; done",
    ),
    EventType.PLAYBOOK_COMPLETED: ({"playbook_id": "PB", "steps": 3}, "PB, all 3 steps"),
    EventType.ESCALATED: (
        {"before": "open", "to": "treasury", "reason": "large"},
        "status open -> escalated, to treasury: large",
    ),
    EventType.REOPENED: ({"before": "resolved"}, "status resolved -> open"),
}


def event(event_type: EventType | str, payload: dict[str, object]) -> Event:
    return Event(
        event_no=1,
        event_id=UUID(int=1),
        event_type=event_type,
        actor_type=ActorType.USER,
        actor_id="ada",
        payload=payload,
        created_at=EPOCH,
        hash="00" * 32,
    )


@pytest.mark.parametrize("kind", EventType)
def test_an_event_is_told_in_words(kind: EventType) -> None:
    payload, story = STORIES[kind]
    assert told(event(kind, payload))[0] == story


def test_what_changed_is_told_apart_from_the_words() -> None:
    payload, _ = STORIES[EventType.OWNER_CHANGED]
    assert told(event("OwnerChanged", payload))[1] == (Change(field="owner", before="ada", after=None),)
    payload, _ = STORIES[EventType.ESCALATED]
    assert told(event("Escalated", payload))[1] == (Change(field="status", before="open", after="escalated"),)
    assert told(event("CommentAdded", {"text": "x"}))[1] == ()


@pytest.mark.parametrize("kind", ["StatusChanged", "OfAnotherVersion"])
def test_a_payload_of_no_known_shape_is_told_as_it_is(kind: str) -> None:
    payload = {"before": "x", "after": "y", "record_digest": "00", "n": 1, "list": ["a"], "none": None}
    assert told(event(kind, payload)) == ('x -> y, n 1, list ["a"]', ())
