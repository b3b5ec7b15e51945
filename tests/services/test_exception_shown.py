"""One exception with its deadline, its playbook and what happened to it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.exception_playbook import StepProgress
from sentinai_cli.models.exception_shown import NEWEST_EVENTS, ExceptionShown
from sentinai_cli.models.exception_sla import SlaState
from sentinai_cli.models.exception_timeline import TimelineEntry
from sentinai_cli.models.playbook import Playbook, Step
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event_append import append_event
from sentinai_cli.services.exception_shown import show_exception
from sentinai_cli.services.exception_timeline import exception_timeline
from sentinai_cli.services.playbook import steps_of
from tests.db.records import EPOCH, record

A, NAME = TenantScope("A"), "EX-000001"
NOW = EPOCH + timedelta(hours=7)
BOOK = Playbook(
    playbook_id="PB", name="By phone", exception_types=("CASH_BREAK",), steps=(Step(action="Look"), Step(action="Call"))
)


def tell(database: Database, event_type: EventType, minutes: int = 60, **payload: Any) -> None:
    append_event(
        database,
        A,
        NAME,
        event_type=event_type,
        payload=payload,
        actor_type=ActorType.USER,
        actor_id="ada",
        event_id=None,
        now=EPOCH + timedelta(minutes=minutes),
    )


def shown(database: Database, **options: Any) -> ExceptionShown:
    return show_exception(database, A, NAME, **{"at": NOW, **options})[0]


def add_book(database: Database, playbook: Playbook, *, active: bool) -> None:
    with database.begin(A) as work:
        stored = work.playbooks.add(
            "A", playbook, origin="domain", origin_version=1, checksum=checksum(playbook.model_dump(mode="json"))
        )
        work.playbook_steps.add("A", "PB", stored.version, steps_of(playbook))
        if active:
            work.playbooks.set_active("A", [("PB", stored.version)])


@pytest.fixture
def running(database: Database, store: Callable[..., int]) -> Database:
    """An exception, due 8 h after its first minute, in the second of two steps."""
    store(record("A", 1, comments=0))
    add_book(database, BOOK, active=True)
    tell(database, EventType.PLAYBOOK_STARTED, playbook_id="PB", steps=2)
    tell(database, EventType.PLAYBOOK_STEP_COMPLETED, 70, playbook_id="PB", step_order=1, action="Look", notes="odd")
    return database


def test_age_and_deadline_are_told_from_the_moment_it_is_shown_at(running: Database) -> None:
    found = shown(running)
    assert found.age_seconds == 7 * 3600 - 60
    assert found.sla is not None
    assert (found.sla.state, found.sla.seconds_left) == (SlaState.AT_RISK, 3660)
    before = shown(running, as_of=EPOCH + timedelta(minutes=2))
    assert before.sla is not None
    assert (before.age_seconds, before.sla.state, before.playbook) == (60, SlaState.ON_TIME, None)


def test_a_resolved_one_has_met_its_deadline_or_missed_it(running: Database) -> None:
    tell(running, EventType.STATUS_CHANGED, 600, before="open", after="resolved")
    found = shown(running, at=EPOCH + timedelta(days=9))
    assert found.sla is not None
    assert (found.sla.state, found.sla.seconds_left) == (SlaState.MISSED, -119 * 60)


def test_the_playbook_is_shown_with_each_step_and_the_one_that_is_next(running: Database) -> None:
    book = shown(running).playbook
    assert book is not None
    assert (book.name, book.version, book.current_step, book.completed) == ("By phone", 1, 2, False)
    assert [(step.action, step.progress, step.done_by, step.notes) for step in book.steps] == [
        ("Look", StepProgress.DONE, "ada", "odd"),
        ("Call", StepProgress.CURRENT, None, None),
    ]
    tell(running, EventType.PLAYBOOK_STEP_COMPLETED, playbook_id="PB", step_order=2, action="Call")
    tell(running, EventType.PLAYBOOK_COMPLETED, playbook_id="PB", steps=2)
    book = shown(running).playbook
    assert book is not None
    assert (book.completed, book.current_step) == (True, None)
    assert {step.progress for step in book.steps} == {StepProgress.DONE}


def test_a_playbook_that_was_begun_again_has_only_the_steps_of_its_last_run_done(running: Database) -> None:
    tell(running, EventType.PLAYBOOK_STARTED, 90, playbook_id="PB", steps=2)
    book = shown(running).playbook
    assert book is not None
    assert [step.progress for step in book.steps] == [StepProgress.CURRENT, StepProgress.AHEAD]


def test_the_content_that_the_run_went_by_is_shown_and_not_a_newer_one_with_other_steps(running: Database) -> None:
    add_book(running, BOOK.model_copy(update={"steps": (Step(action="Write"), Step(action="Wait"))}), active=True)
    book = shown(running).playbook
    assert book is not None
    assert (book.version, book.steps[1].action) == (1, "Call")


def test_of_steps_that_no_content_has_only_what_events_tell_is_shown(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1, comments=0))
    add_book(database, BOOK, active=True)
    tell(database, EventType.PLAYBOOK_STARTED, playbook_id="PB", steps=3)
    tell(database, EventType.PLAYBOOK_STEP_COMPLETED, playbook_id="PB", step_order=1, action="Look")
    book = shown(database).playbook
    assert book is not None
    assert (book.version, [step.action for step in book.steps]) == (None, ["Look", None, None])


def test_only_the_newest_events_are_shown_and_the_timeline_has_all_of_them(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1, comments=NEWEST_EVENTS + 9))
    found = shown(database)
    assert found.events_total == NEWEST_EVENTS + 10
    assert [event.event_no for event in found.events] == list(range(11, found.events_total + 1))
    walked: list[TimelineEntry] = []
    cursor: str | None = None
    while True:
        page = exception_timeline(database, A, NAME, limit=17, cursor=cursor)
        walked += page.items
        cursor = page.page.next
        if cursor is None:
            break
    whole = exception_timeline(database, A, NAME, limit=None, cursor=None)
    assert tuple(walked) == whole.items
    assert (len(walked), whole.page.total) == (found.events_total, found.events_total)
    assert [entry.after_seconds for entry in walked] == [None, *[1] * (len(walked) - 1)]
    assert [entry.age_seconds for entry in walked] == list(range(len(walked)))


def test_a_timeline_cursor_belongs_to_one_exception(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("A", 2), replace(record("B", 1)))
    cursor = exception_timeline(database, A, NAME, limit=1, cursor=None).page.next
    for scope, name in ((A, "EX-000002"), (TenantScope("B"), NAME)):
        with pytest.raises(InvalidInput):
            exception_timeline(database, scope, name, limit=1, cursor=cursor)
    for bad in ("", "x", "e30", "WzEsMl0", "WzBd"):
        with pytest.raises(InvalidInput):
            exception_timeline(database, A, NAME, limit=1, cursor=bad)
    with pytest.raises(NotFound):
        exception_timeline(database, A, "EX-9", limit=1, cursor=None)
    with pytest.raises(InvalidInput):
        exception_timeline(database, AllTenants(), NAME, limit=1, cursor=None)
