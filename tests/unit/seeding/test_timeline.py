"""What happens to a generated exception, and when."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.event_fold import fold
from sentinai_cli.models.event_hash import GENESIS, canonical_time, chain_hash, event_leaf
from sentinai_cli.models.event_payload import PAYLOADS
from sentinai_cli.models.exception import NewException, Severity, Status
from sentinai_cli.seeding.business_day import is_business_day
from sentinai_cli.seeding.generate import generate, prepare
from tests.unit.seeding.sample import AS_OF, DOMAINS, ListedDecisions, library, plan

HOURS = {Severity.CRITICAL: 4, Severity.HIGH: 8, Severity.MEDIUM: 24, Severity.LOW: 72}
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def records(domain: str, count: int = 300, **changes: object) -> Iterator[NewException]:
    return generate(plan(domain, count=count, **changes), ListedDecisions())  # type: ignore[arg-type]


def types(record: NewException) -> list[EventType]:
    return [event.event_type for event in record.events]


@settings(max_examples=30)
@given(st.sampled_from(DOMAINS), st.integers(0, 2**40), MOMENTS, st.booleans())
def test_every_record_is_consistent_at_any_as_of(domain: str, seed: int, as_of: datetime, playbooks: bool) -> None:
    drawn = plan(domain, seed=seed, as_of=as_of)
    for record in generate(drawn, ListedDecisions(playbooks=playbooks), 1, 16):
        times = [event.created_at for event in record.events]
        assert times[0] == record.created_at
        assert all(before < after for before, after in pairwise(times))
        assert drawn.as_of - timedelta(days=7) <= times[0]
        assert times[-1] == record.updated_at <= drawn.as_of
        state = fold(record.events)
        assert (state.severity, state.status, state.owner) == (record.severity, record.status, record.owner)
        assert (state.sla_deadline, state.resolved_at) == (record.sla_deadline, record.resolved_at)
        assert state.current_playbook_id == record.current_playbook_id
        assert state.current_step == record.current_step
        assert state.record_digest == record.source_digest.hex()
        assert record.sla_deadline == record.created_at + timedelta(hours=HOURS[record.severity])


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_payload_fits_the_model_of_its_event_type(domain: str) -> None:
    seen = set()
    for record in records(domain):
        for event in record.events:
            model = PAYLOADS[event.event_type].model_validate(event.payload)
            assert set(event.payload) <= set(model.model_dump())
            seen.add(event.event_type)
    assert seen == {
        EventType.EXCEPTION_CREATED,
        EventType.EXCEPTION_NORMALIZED,
        EventType.TRIAGE_COMPLETED,
        EventType.POLICY_EVALUATED,
        EventType.OWNER_CHANGED,
        EventType.COMMENT_ADDED,
        EventType.STATUS_CHANGED,
        EventType.PLAYBOOK_STARTED,
        EventType.RESOLUTION_SUGGESTED,
        EventType.RESOLUTION_APPROVED,
        EventType.PLAYBOOK_STEP_COMPLETED,
        EventType.PLAYBOOK_COMPLETED,
        EventType.FEEDBACK_CAPTURED,
        EventType.ESCALATED,
    }


@pytest.mark.parametrize("domain", DOMAINS)
def test_events_are_numbered_hashed_and_linked(domain: str) -> None:
    for record in records(domain, 60):
        previous = GENESIS
        for number, event in enumerate(record.events, start=1):
            assert event.event_no == number
            assert event.leaf == event_leaf(
                tenant_id=record.tenant_id,
                exception_id=record.exception_id,
                event_id=event.event_id,
                event_type=event.event_type,
                actor_type=event.actor_type,
                actor_id=event.actor_id,
                payload=event.payload,
                created_at=event.created_at,
            )
            assert event.hash == chain_hash(previous, number, event.leaf)
            previous = event.hash


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_story_fits_the_status(domain: str) -> None:
    for record in records(domain):
        happened = types(record)
        match record.status:
            case Status.OPEN:
                assert EventType.PLAYBOOK_STARTED not in happened
                assert record.resolved_at is None
                assert record.current_playbook_id is None
            case Status.ANALYZING:
                assert record.owner is not None
                assert EventType.ESCALATED not in happened
                assert record.resolved_at is None
            case Status.ESCALATED:
                assert happened[-1] is EventType.ESCALATED
                assert record.owner is not None
            case Status.RESOLVED:
                assert happened.index(EventType.RESOLUTION_APPROVED) < happened.index(EventType.PLAYBOOK_COMPLETED)
                assert happened.count(EventType.PLAYBOOK_STEP_COMPLETED) == 3
                assert record.current_step is None
                assert record.resolved_at == next(
                    event.created_at for event in record.events if event.payload.get("after") == "resolved"
                )
        assert EventType.EXCEPTION_CREATED not in happened[1:]


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_needs_approval_is_approved_by_a_person_who_does_not_own_it(domain: str) -> None:
    approvals = 0
    for record in records(domain):
        for event in record.events:
            if event.event_type is EventType.RESOLUTION_APPROVED:
                assert event.payload["approved_by"] == event.actor_id != record.owner
                by_hand = record.severity is Severity.CRITICAL
                assert (event.actor_type is ActorType.USER) == by_hand
                approvals += by_hand
    assert approvals


@pytest.mark.parametrize("domain", DOMAINS)
def test_steps_are_completed_only_after_approval_and_in_order(domain: str) -> None:
    for record in records(domain):
        steps = [event for event in record.events if event.event_type is EventType.PLAYBOOK_STEP_COMPLETED]
        assert [event.payload["step_order"] for event in steps] == list(range(1, len(steps) + 1))
        if steps:
            assert EventType.RESOLUTION_APPROVED in types(record)[: steps[0].event_no]


@pytest.mark.parametrize("domain", DOMAINS)
def test_people_work_in_working_hours_unless_it_is_critical_or_would_be_late(domain: str) -> None:
    opens, closes = library().scenario("default").timeline.working_hours
    outside = 0
    for record in records(domain, 600):
        for event in record.events:
            at_work = is_business_day(event.created_at.date()) and opens <= event.created_at.hour < closes
            if event.actor_type is ActorType.USER and not at_work and record.severity is not Severity.CRITICAL:
                assert record.sla_deadline is not None
                assert event.created_at < record.sla_deadline or event.event_type is EventType.FEEDBACK_CAPTURED
                outside += 1
    assert outside


@pytest.mark.parametrize("domain", DOMAINS)
def test_the_queue_is_alive_and_most_of_what_is_unresolved_is_not_yet_due(domain: str) -> None:
    made = list(records(domain, 2000))
    share = {status: count / len(made) for status, count in Counter(record.status for record in made).items()}
    assert 0.08 < share[Status.OPEN] < 0.20
    assert 0.10 < share[Status.ANALYZING] < 0.25
    assert 0.60 < share[Status.RESOLVED] < 0.75
    assert 0.005 < share[Status.ESCALATED] < 0.05
    unresolved = [record for record in made if record.status is not Status.RESOLVED]
    overdue = [record for record in unresolved if record.sla_deadline is not None and record.sla_deadline < AS_OF]
    assert 0.05 < len(overdue) / len(unresolved) < 0.25
    old = [record for record in made if AS_OF - record.created_at > timedelta(days=4)]
    assert sum(record.status is Status.RESOLVED for record in old) > 0.9 * len(old)


@pytest.mark.parametrize("scenario", ["default", "quiet_week", "quarter_end"])
def test_as_many_are_late_as_the_scenario_declares(scenario: str) -> None:
    timeline = library().scenario(scenario).timeline
    records = prepare(replace(plan(count=1500), timeline=timeline), ListedDecisions())
    due = [record for record in records if record.sla_deadline and record.sla_deadline < canonical_time(AS_OF)]
    in_time = sum(record.resolved_at is not None and record.resolved_at <= str(record.sla_deadline) for record in due)
    resolved = timeline.outcomes[Status.RESOLVED] / sum(timeline.outcomes.values())
    assert abs(in_time / len(due) - resolved * (1 - timeline.late)) < 0.05


@pytest.mark.parametrize("domain", DOMAINS)
def test_arrivals_follow_the_working_week_over_seven_days(domain: str) -> None:
    arrivals = [record.created_at for record in records(domain, 2000)]
    assert len({arrival.date() for arrival in arrivals}) >= 7
    assert sum(arrival.weekday() >= 5 for arrival in arrivals) / len(arrivals) < 0.06
    assert sum(8 <= arrival.hour < 18 for arrival in arrivals) / len(arrivals) > 0.75


def test_the_deadline_is_written_as_the_hashes_write_times() -> None:
    for record in records("Finance", 5):
        assert record.sla_deadline is not None
        assert record.events[0].payload["sla_deadline"] == canonical_time(record.sla_deadline)
