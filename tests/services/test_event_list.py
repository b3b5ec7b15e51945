"""Events across exceptions: listed by time, exported whole, followed without a gap."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.event_hash import event_leaf
from sentinai_cli.models.event_list import EventFilter, EventList, EventListed
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event_append import append_event
from sentinai_cli.services.event_list import export_events, follow_events, list_events
from tests.conftest import connect, context, quiet, store_records
from tests.db.records import EPOCH, record

EVERY = EventFilter()
ALL = AllTenants()
A = TenantScope("A")


def say(database: Database, text: str, exception_id: str = "EX-000001") -> None:
    append_event(
        database,
        A,
        exception_id,
        event_type=EventType.COMMENT_ADDED,
        payload={"text": text},
        actor_type=ActorType.USER,
        actor_id="ada",
        event_id=None,
        now=EPOCH + timedelta(days=1),
    )


def texts(found: EventList) -> list[object]:
    return [event.payload.get("text", event.event_type) for event in found.items]


@pytest.mark.parametrize("scope", [ALL, A], ids=["all tenants", "one tenant"])
def test_pages_of_every_size_join_to_the_whole_list(
    database: Database, store: Callable[..., int], scope: TenantScope | AllTenants
) -> None:
    same = EPOCH + timedelta(hours=1)
    store(*[record("A", n, comments=3, created_at=same) for n in range(1, 4)], record("B", 1, created_at=same))
    whole = list_events(database, scope, EVERY, limit=None).items
    assert len(whole) == 12 + 2 * (scope == ALL)
    places = [(e.created_at, e.exception_id, e.event_no, e.tenant_id) for e in whole]
    assert places == sorted(places, reverse=True)
    for size in (1, 2, 5):
        joined: list[EventListed] = []
        cursor = None
        while True:
            page = list_events(database, scope, EVERY, limit=size, cursor=cursor, total=True)
            assert page.page.total == len(whole)
            joined += page.items
            cursor = page.page.next
            if not page.page.has_more:
                break
        assert tuple(joined) == whole


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        (EVERY, 6),
        (EventFilter(exception_id="EX-000001"), 4),
        (EventFilter(types=("CommentAdded",)), 3),
        (EventFilter(types=("CommentAdded", "ExceptionCreated")), 6),
        (EventFilter(actors=("ada",)), 1),
        (EventFilter(since=EPOCH + timedelta(minutes=2)), 3),
        (EventFilter(until=EPOCH + timedelta(minutes=2)), 3),
        (EventFilter(exception_id="EX-000002", types=("CommentAdded",)), 0),
    ],
)
def test_filters_choose_what_they_say(
    database: Database, store: Callable[..., int], chosen: EventFilter, count: int
) -> None:
    store(record("A", 1, comments=2), record("A", 2, comments=0), record("A", 3, comments=0))
    say(database, "by hand")
    for scope in (A, ALL):
        found = list_events(database, scope, chosen, limit=100, total=True)
        assert (len(found.items), found.page.total) == (count, count)
    assert sum(len(batch.items) for batch in export_events(database, A, chosen)) == count


@pytest.mark.parametrize("scope", [ALL, A], ids=["all tenants", "one tenant"])
def test_a_page_of_rare_events_ends_at_the_scan_limit_and_goes_on_there(
    database: Database, store: Callable[..., int], scope: TenantScope | AllTenants
) -> None:
    store(*[record("A", n, comments=2) for n in range(1, 21)], record("B", 1))
    say(database, "rare", "EX-000001")
    rare = EventFilter(actors=("ada", "nobody"))
    looked_at, cursor, found = [], None, []
    while True:
        page = list_events(database, scope, rare, limit=1, cursor=cursor, scan_limit=7)
        found += texts(page)
        cursor = page.page.next
        looked_at.append(page.page.scanned)
        if not page.page.has_more:
            break
    assert found == ["rare"]
    assert len(looked_at) > 61 // 7
    assert max(count or 0 for count in looked_at) == 7
    whole = list_events(database, scope, rare, limit=5)
    assert (texts(whole), whole.page.scanned, whole.page.has_more) == (["rare"], 61 + 2 * (scope == ALL), False)
    everything = list_events(database, scope, EVERY, limit=5)
    assert everything.page.scanned is None


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
@pytest.mark.parametrize("scan_limit", [1, 4, 1000])
def test_walked_pages_join_to_what_the_filter_chooses(
    database: Database, store: Callable[..., int], limit: int, scan_limit: int
) -> None:
    store(*[record("A", n, comments=n % 3) for n in range(1, 6)], record("B", 1))
    chosen = EventFilter(types=("CommentAdded",))
    wanted = list_events(database, ALL, chosen, limit=None).items
    joined: list[EventListed] = []
    cursor = None
    while True:
        page = list_events(database, ALL, chosen, limit=limit, cursor=cursor, scan_limit=scan_limit)
        assert len(page.items) <= limit
        joined += page.items
        cursor = page.page.next
        if not page.page.has_more:
            break
    assert tuple(joined) == wanted


def test_who_follows_rare_events_is_told_how_far_back_was_looked(
    database: Database, store: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sentinai_cli.services.event_list.SCAN_LIMIT", 3)
    store(record("A", 1, comments=5))
    told: list[str] = []
    rare = EventFilter(types=("ExceptionCreated",))
    assert [texts(batch) for batch in follow_events(database, A, rare, last=5, wait=Script(), say=told.append)] == [[]]
    assert told == ["only the newest 3 events were looked at"]


def test_a_cursor_of_another_list_is_refused(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1, comments=5))
    cursor = list_events(database, A, EVERY, limit=1).page.next
    assert cursor is not None
    for scope, chosen, text in ((ALL, EVERY, cursor), (A, EventFilter(types=("X",)), cursor), (A, EVERY, "!" + cursor)):
        with pytest.raises(InvalidInput):
            list_events(database, scope, chosen, limit=1, cursor=text)
    with pytest.raises(NotFound):
        list_events(database, TenantScope("C"), EVERY, limit=1)


@pytest.mark.parametrize(
    ("index", "query"),
    [
        (
            "ix_exception_event_newest",
            """
            SELECT * FROM exception_event
            WHERE tenant_id = 'A' AND (created_at, exception_id, event_no, tenant_id) < (now(), 'EX', 1, 'A')
            ORDER BY created_at DESC, exception_id DESC, event_no DESC, tenant_id DESC LIMIT 10
            """,
        ),
        (
            "ix_exception_event_xid",
            "SELECT * FROM exception_event WHERE tenant_id = 'A' AND xid >= '999999' AND xid < '9999999' ORDER BY xid",
        ),
    ],
)
def test_lists_and_followers_read_an_index_under_row_level_security(
    url: DatabaseUrl, store: Callable[..., int], index: str, query: str
) -> None:
    store(*[record("A", n, comments=5) for n in range(1, 150)])
    with connect(url) as admin:
        admin.execute("ANALYZE exception_event")
        with admin.transaction():
            admin.execute("SET LOCAL ROLE sentinai_app; SET LOCAL sentinai.tenant_id = 'A'")
            plan = admin.execute(sql.SQL("EXPLAIN (COSTS OFF) {}").format(sql.SQL(query))).fetchall()
    text = "\n".join(row[0] for row in plan)
    assert index in text
    assert "Index Cond" in text


def test_an_export_holds_every_event_once_and_each_speaks_for_itself(
    database: Database, store: Callable[..., int]
) -> None:
    store(*[record("A", n, comments=n) for n in range(1, 5)], record("B", 1))
    lines = [
        json.loads(item.model_dump_json()) for batch in export_events(database, ALL, EVERY) for item in batch.items
    ]
    assert len(lines) == 2 + 3 + 4 + 5 + 2
    last: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line["tenant_id"], line["exception_id"])
        assert line["event_no"] == last.get(key, 0) + 1
        last[key] = line["event_no"]
        leaf = event_leaf(
            tenant_id=line["tenant_id"],
            exception_id=line["exception_id"],
            event_id=UUID(line["event_id"]),
            event_type=line["event_type"],
            actor_type=line["actor"]["type"],
            actor_id=line["actor"]["id"],
            payload=line["payload"],
            created_at=datetime.fromisoformat(line["timestamp"]).astimezone(UTC),
        )
        assert leaf.hex() == line["leaf"]
    with pytest.raises(NotFound):
        list(export_events(database, TenantScope("C"), EVERY))


class Script:
    """What happens between one look and the next; it ends with the last step."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self._steps: Iterator[Callable[[], object]] = iter(steps)

    def __call__(self) -> bool:
        step = next(self._steps, None)
        if step is not None:
            step()
        return step is not None


def nothing() -> None:
    """Time passes."""


def followed(database: Database, script: Script, last: int = 2, told: list[str] | None = None) -> list[list[object]]:
    note = told.append if told is not None else quiet
    return [texts(batch) for batch in follow_events(database, A, EVERY, last=last, wait=script, say=note)]


def test_who_follows_sees_the_newest_and_then_each_new_event_once(
    database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1), record("B", 1))
    script = Script(nothing, lambda: say(database, "one"), nothing, lambda: store(record("A", 2, comments=0)))
    assert followed(database, script) == [["ExceptionCreated", "comment 0"], [], ["one"], [], ["ExceptionCreated"]]


def test_what_a_slow_transaction_writes_comes_once_it_has_settled_and_nothing_is_left_out(
    url: DatabaseUrl, database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    slow = psycopg.connect(**url.conninfo())  # type: ignore[arg-type]
    slow.execute("SELECT pg_current_xact_id()")
    say(database, "before")
    script = Script(lambda: say(database, "while"), slow.commit, lambda: say(database, "after"))
    assert followed(database, script, last=5) == [["ExceptionCreated", "comment 0"], [], ["before", "while"], ["after"]]
    slow.close()


def test_who_follows_outlasts_a_database_that_is_away(
    url: DatabaseUrl, server: DatabaseUrl, database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    name = sql.Identifier(url.database or "")

    def away() -> None:
        with connect(server) as admin:
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.database])

    def back() -> None:
        with connect(server) as admin:
            admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
        database.close()
        say(database, "back again")

    told: list[str] = []
    assert followed(database, Script(away, nothing, back, nothing), last=0, told=told)[-2:] == [["back again"], []]
    assert (len(told), told[-1]) == (2, "connected again")


def test_after_a_restore_who_follows_goes_on_from_there(
    url: DatabaseUrl, database: Database, store: Callable[..., int]
) -> None:
    store(record("A", 1))

    def restored() -> None:
        with connect(url) as admin:
            admin.execute("UPDATE database_info SET epoch = epoch + 1")
        say(database, "of the restore")

    told: list[str] = []
    script = Script(restored, lambda: say(database, "new"))
    assert followed(database, script, last=0, told=told) == [[], [], ["new"]]
    assert "restored" in told[0]


@pytest.mark.slow
def test_who_follows_outlasts_a_restart_of_the_server(server_home: Path) -> None:
    server = EmbeddedServer(server_home.parent / "restarted")
    database = Database(server.ensure(), context=context(), private=True, connect_timeout=2)
    upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
    store_records(database, record("A", 1))

    def restart() -> None:
        server.stop()
        server.ensure()

    def speak() -> None:
        database.close()
        say(database, "after the restart")

    try:
        batches = followed(database, Script(restart, nothing, speak, nothing), last=0)
        assert [batch for batch in batches if batch] == [["after the restart"]]
    finally:
        database.close()
        server.stop()
