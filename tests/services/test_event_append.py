"""Appending: one event, once, at the end of its exception's chain, and the row is what the events say."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import CheckFailed, Conflict, InvalidInput, NotFound
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event import ActorType, EventAppended, EventDraft, EventType
from sentinai_cli.models.event_fold import TELLS_STATE, fold
from sentinai_cli.models.event_payload import PAYLOADS
from sentinai_cli.models.exception import Severity
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.event_append import append_event
from tests.conftest import connect
from tests.db.records import EPOCH, record
from tests.services.conftest import ignore

NOW = datetime(2026, 3, 3, 12, 0, 0, 123456, tzinfo=UTC)
EXCEPTION = "EX-000001"


def tell(
    database: Database,
    event_type: EventType,
    payload: dict[str, Any],
    *,
    event_id: UUID | None = None,
    now: datetime = NOW,
    exception_id: str = EXCEPTION,
    tenant_id: str = "A",
) -> EventAppended:
    return append_event(
        database,
        TenantScope(tenant_id),
        exception_id,
        event_type=event_type,
        payload=payload,
        actor_type=ActorType.USER,
        actor_id="ada",
        event_id=event_id,
        now=now,
    )


def comment(database: Database, text: str = "seen", **options: Any) -> EventAppended:
    return tell(database, EventType.COMMENT_ADDED, {"text": text}, **options)


def row_of(database: Database, exception_id: str = EXCEPTION) -> dict[str, Any]:
    with database.begin(TenantScope("A"), read_only=True) as work:
        row = work.exceptions.get("A", exception_id)
        assert row is not None
        return dict(row)


def assert_whole(database: Database, events: int) -> None:
    found = verify_events(database, AllTenants(), advance=ignore)
    assert (found.breaks, found.events) == ((), events)
    row = row_of(database)
    with database.begin(TenantScope("A"), read_only=True) as work:
        state = fold(work.events.of_exception("A", EXCEPTION))
    assert {name: row[name] for name in state.columns()} == state.columns()
    assert row["updated_at"] == state.updated_at


def pages(url: DatabaseUrl) -> dict[str, int]:
    """The page that each exception stands on."""
    with connect(url) as connection:
        return dict(connection.execute("SELECT exception_id, (ctid::text::point)[0]::integer FROM exception"))


def test_an_event_after_a_load_leaves_its_exception_on_its_page(
    url: DatabaseUrl, database: Database, store: Callable[..., int]
) -> None:
    store(*(record("A", number, comments=0) for number in range(1, 301)))
    loaded = pages(url)
    one_of_each = {page: exception_id for exception_id, page in loaded.items()}
    for exception_id in one_of_each.values():
        comment(database, exception_id=exception_id)
    assert len(one_of_each) > 5
    assert pages(url) == loaded


def test_an_appended_event_is_the_new_head(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    result = comment(database)
    row = row_of(database)
    assert (result.appended, result.event.event_no) == (True, 3)
    assert (row["last_event_no"], row["last_event_hash"].hex()) == (3, result.event.hash)
    assert (row["updated_at"], row["status"], row["severity"]) == (NOW, "open", "high")
    assert_whole(database, events=3)


def test_repeating_an_append_changes_nothing_and_says_so(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    event_id = uuid4()
    first = comment(database, event_id=event_id)
    again = comment(database, event_id=event_id, now=NOW + timedelta(hours=1))
    assert (again.appended, again.event) == (False, first.event)
    with database.begin(TenantScope("A"), read_only=True) as work:
        assert work.events.event_exists("A", event_id)
        assert not work.events.event_exists("A", uuid4())
    assert_whole(database, events=3)


@pytest.mark.parametrize(
    "other",
    [
        {"text": "other"},
        {"text": "seen", "exception_id": "EX-000002"},
    ],
    ids=["content", "exception"],
)
def test_an_id_that_is_another_events_is_a_conflict(
    database: Database, store: Callable[..., int], other: dict[str, Any]
) -> None:
    store(record("A", 1), record("A", 2))
    event_id = uuid4()
    comment(database, event_id=event_id)
    with pytest.raises(Conflict) as caught:
        comment(database, event_id=event_id, **other)
    assert caught.value.code == "event_exists"
    assert_whole(database, events=5)


def test_an_id_of_another_tenants_event_is_free(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("B", 1))
    event_id = uuid4()
    assert comment(database, event_id=event_id).appended
    assert comment(database, event_id=event_id, tenant_id="B").appended


def test_a_clock_that_steps_back_does_not_date_an_event_before_the_one_it_follows(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    first = comment(database)
    second = comment(database, now=EPOCH - timedelta(days=1))
    assert second.event.created_at == first.event.created_at == row_of(database)["updated_at"]
    assert_whole(database, events=4)


STORY: list[tuple[EventType, dict[str, Any], dict[str, object]]] = [
    (EventType.TRIAGE_COMPLETED, {"exception_type": "X", "severity": "low", "layer": "rule"}, {"severity": "low"}),
    (EventType.SEVERITY_CHANGED, {"before": "low", "after": "critical"}, {"severity": "critical", "severity_rank": 4}),
    (EventType.OWNER_CHANGED, {"before": None, "after": "ada"}, {"owner": "ada"}),
    (EventType.STATUS_CHANGED, {"before": "open", "after": "analyzing"}, {"status": "analyzing"}),
    (EventType.PLAYBOOK_STARTED, {"playbook_id": "PB", "steps": 2}, {"current_playbook_id": "PB", "current_step": 1}),
    (EventType.PLAYBOOK_STEP_COMPLETED, {"playbook_id": "PB", "step_order": 1, "action": "x"}, {"current_step": 2}),
    (EventType.PLAYBOOK_COMPLETED, {"playbook_id": "PB", "steps": 2}, {"current_step": None}),
    (
        EventType.SLA_CHANGED,
        {"before": "2026-03-02T17:01:00Z", "after": "2026-03-09T17:01:00+01:00"},
        {"sla_deadline": datetime(2026, 3, 9, 16, 1, tzinfo=UTC)},
    ),
    (EventType.ESCALATED, {"before": "analyzing", "to": "desk", "reason": "late"}, {"status": "escalated"}),
    (EventType.STATUS_CHANGED, {"before": "escalated", "after": "resolved"}, {"resolved_at": NOW}),
    (EventType.REOPENED, {"before": "resolved"}, {"status": "open", "resolved_at": None}),
]  # fmt: skip


def test_events_that_tell_of_the_state_change_the_row_in_the_same_transaction(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1, severity=Severity.MEDIUM))
    for number, (event_type, payload, columns) in enumerate(STORY, start=3):
        assert tell(database, event_type, payload).event.event_no == number
        row = row_of(database)
        assert {name: row[name] for name in columns} == columns
    assert {event_type for event_type, _, _ in STORY} == TELLS_STATE
    assert_whole(database, events=2 + len(STORY))


def test_an_event_that_contradicts_the_state_is_a_conflict_and_writes_nothing(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    for event_type, payload in (
        (EventType.STATUS_CHANGED, {"before": "analyzing", "after": "resolved"}),
        (EventType.OWNER_CHANGED, {"before": "bob", "after": None}),
        (EventType.PLAYBOOK_COMPLETED, {"playbook_id": "PB", "steps": 1}),
    ):
        with pytest.raises(Conflict) as caught:
            tell(database, event_type, payload)
        assert caught.value.code == "event_contradicts"
    assert_whole(database, events=2)


def test_repeating_a_change_of_state_changes_nothing(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    event_id = uuid4()
    change = {"before": "open", "after": "analyzing"}
    assert tell(database, EventType.STATUS_CHANGED, change, event_id=event_id).appended
    assert not tell(database, EventType.STATUS_CHANGED, change, event_id=event_id).appended
    assert_whole(database, events=3)


@pytest.mark.parametrize("event_type", [EventType.EXCEPTION_CREATED, EventType.EXCEPTION_UPDATED])
def test_what_comes_with_the_record_is_not_appended_alone(
    database: Database, store: Callable[..., int], event_type: EventType
) -> None:
    store(record("A", 1))
    with pytest.raises(InvalidInput) as caught:
        tell(database, event_type, {})
    assert caught.value.code == "event_type_reserved"


@pytest.mark.parametrize("event_type", [kind for kind in PAYLOADS if not kind.startswith("ExceptionC")])
def test_a_payload_with_a_key_that_its_type_does_not_have_is_refused(shared: Database, event_type: EventType) -> None:
    with pytest.raises(InvalidInput):
        tell(shared, event_type, {"no such key": 1})


@pytest.mark.parametrize(
    "payload",
    [
        {"text": 1},
        {"text": "a\x00b"},
        {"text": "\ud800"},
        {},
        [],
    ],
)
def test_a_payload_that_does_not_fit_is_refused_before_the_database_sees_it(shared: Database, payload: Any) -> None:
    with pytest.raises(InvalidInput):
        tell(shared, EventType.COMMENT_ADDED, payload)


def test_an_exception_that_does_not_exist_is_not_found(shared: Database) -> None:
    with pytest.raises(NotFound):
        comment(shared, exception_id="EX-000404")


def test_each_append_is_journalled_with_the_events_id(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    result = comment(database)
    with database.begin(AllTenants(), read_only=True) as work:
        entry = work.operations.newest(1)[0]
    assert (entry.tenant_id, entry.after["event_id"]) == ("A", str(result.event.event_id))
    assert "seen" not in str(entry)


def test_eight_writers_that_send_one_event_leave_one_event_and_a_right_head(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    event_id = uuid4()
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: comment(database, event_id=event_id, now=NOW + timedelta(n)), range(8)))
    assert sorted(result.appended for result in results) == [False] * 7 + [True]
    assert len({result.event.hash for result in results}) == 1
    assert_whole(database, events=3)


def test_eight_writers_on_one_exception_leave_one_chain(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda n: comment(database, str(n), now=NOW - timedelta(n)), range(40)))
    assert sorted(result.event.event_no for result in results) == list(range(3, 43))
    assert_whole(database, events=42)


def test_of_eight_writers_that_change_one_state_one_wins(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))

    def change(number: int) -> str:
        try:
            tell(database, EventType.STATUS_CHANGED, {"before": "open", "after": "analyzing", "reason": str(number)})
        except Conflict as error:
            return error.code
        return "won"

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(change, range(8))) == ["event_contradicts"] * 7 + ["won"]
    assert_whole(database, events=3)


def test_a_tenants_scope_appends_to_no_other_tenants_exception(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("B", 1))
    draft = EventDraft(uuid4(), EventType.COMMENT_ADDED, ActorType.USER, "ada", {"text": "x"}, NOW)
    with database.begin(TenantScope("A")) as work, pytest.raises(LookupError):
        work.events.append_event_if_new("B", EXCEPTION, draft)
    assert verify_events(database, TenantScope("B"), advance=ignore).events == 2


def test_a_schema_without_the_procedure_is_behind(
    url: DatabaseUrl, database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    with connect(url) as admin:
        admin.execute("ALTER PROCEDURE sentinai_append RENAME TO elsewhere")
    with pytest.raises(CheckFailed) as caught:
        comment(database)
    assert (caught.value.code, caught.value.fix) == ("schema_behind", "sentinai migrate")
