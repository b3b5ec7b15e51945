"""What an exception was then is the fold of the events until then."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import NotFound
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.exception import Severity, Status
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event_append import append_event
from sentinai_cli.services.exception_past import as_it_was
from tests.conftest import connect
from tests.db.records import EPOCH, record, stored

START = EPOCH + timedelta(minutes=1)
LATER = datetime(2026, 3, 9, 8, tzinfo=UTC)
CHANGES: list[tuple[EventType, dict[str, object]]] = [
    (EventType.SEVERITY_CHANGED, {"before": "high", "after": "critical"}),
    (EventType.OWNER_CHANGED, {"before": None, "after": "ada"}),
    (EventType.STATUS_CHANGED, {"before": "open", "after": "resolved"}),
    (EventType.REOPENED, {"before": "resolved"}),
]


@pytest.fixture
def changed(database: Database, store: Callable[..., int]) -> Database:
    """An exception that was changed once a day."""
    store(record("A", 1))
    for day, (event_type, payload) in enumerate(CHANGES):
        append_event(
            database,
            TenantScope("A"),
            "EX-000001",
            event_type=event_type,
            payload=payload,
            actor_type=ActorType.USER,
            actor_id="ada",
            event_id=None,
            now=LATER + timedelta(days=day),
        )
    return database


def test_each_moment_shows_the_state_that_held_then(changed: Database) -> None:
    held = []
    for moment in [START, *[LATER + timedelta(days=day) for day in range(4)]]:
        then, rewritten = as_it_was(stored(changed, AllTenants(), "EX-000001"), at=moment)
        assert not rewritten
        assert then.updated_at == then.events[-1].created_at <= moment
        held.append((then.severity, then.owner, then.status, then.resolved_at, len(then.events)))
    critical = Severity.CRITICAL
    assert held == [
        (Severity.HIGH, None, Status.OPEN, None, 1),
        (critical, None, Status.OPEN, None, 3),
        (critical, "ada", Status.OPEN, None, 4),
        (critical, "ada", Status.RESOLVED, LATER + timedelta(days=2), 5),
        (critical, "ada", Status.OPEN, None, 6),
    ]


def test_as_of_today_it_is_what_its_row_says(changed: Database) -> None:
    then, _ = as_it_was(stored(changed, TenantScope("A"), "EX-000001"), at=LATER + timedelta(days=99))
    assert then == stored(changed, TenantScope("A"), "EX-000001")


def test_before_it_was_created_it_is_not_found(changed: Database) -> None:
    with pytest.raises(NotFound) as caught:
        as_it_was(stored(changed, TenantScope("A"), "EX-000001"), at=START - timedelta(microseconds=1))
    assert caught.value.code == "exception_not_found"


def test_it_is_said_when_the_record_was_rewritten_since(changed: Database) -> None:
    with changed.begin(TenantScope("A")) as work:
        told = work.events.of_exception("A", "EX-000001")
    with connect(changed.url) as admin:
        admin.execute("ALTER TABLE exception_event DISABLE TRIGGER ALL")
        admin.execute(
            "UPDATE exception_event SET event_type = 'ExceptionUpdated', payload = %s::jsonb WHERE event_no = 6",
            ['{"record_digest": "' + "0" * 64 + '", "changes": {}}'],
        )
    assert as_it_was(stored(changed, TenantScope("A"), "EX-000001"), at=told[4].created_at)[1]
    assert not as_it_was(stored(changed, TenantScope("A"), "EX-000001"), at=LATER + timedelta(days=9))[1]
