"""The journal by its filters, and who looked at everything."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.operation import Operation, OperationFilter, Outcome
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.uuid7 import new_id
from sentinai_cli.services.operation import list_operations, record_reading, show_operation
from tests.conftest import connect, context
from tests.db.records import record

BEGIN = datetime(2026, 5, 1, 8, tzinfo=UTC)
COMMANDS = ("exceptions resolve", "exceptions assign", "seed run", "exceptionsfoo")
ACTORS = ("ada", "grace")


@pytest.fixture(scope="module")
def entries(shared: Database) -> list[Operation]:
    """Forty operations, newest first; every other two share a moment."""
    made = []
    for number in range(40):
        at = BEGIN + timedelta(minutes=number // 2)
        made.append(
            Operation(
                operation_id=new_id(at),
                at=at,
                command=COMMANDS[number % 4],
                arguments={},
                actor=ACTORS[number % 2],
                reason=None,
                tenant_id=f"T{number % 3}" if number % 3 else None,
                outcome=list(Outcome)[number % 3],
                duration_ms=1,
                before={},
                after={},
                tool_version="0",
                reads=number % 5 == 0,
            )
        )
    with shared.begin(AllTenants()) as work:
        for entry in made:
            work.operations.add(entry)
    return sorted(made, key=lambda entry: (entry.at, entry.operation_id), reverse=True)


def _fits(entry: Operation, chosen: OperationFilter) -> bool:
    words = entry.command.split()
    return (
        entry.reads == chosen.reads
        and (not chosen.actors or entry.actor in chosen.actors)
        and (not chosen.outcomes or entry.outcome in chosen.outcomes)
        and (not chosen.commands or any(words[: len(c.split())] == c.split() for c in chosen.commands))
        and chosen.tenant_id in (None, entry.tenant_id)
        and (chosen.since is None or entry.at >= chosen.since)
        and (chosen.until is None or entry.at < chosen.until)
    )


moments = st.none() | st.integers(0, 20).map(lambda minute: BEGIN + timedelta(minutes=minute))
filters = st.builds(
    OperationFilter,
    actors=st.sampled_from([(), ("ada",), ("ada", "grace"), ("nobody",)]),
    commands=st.sampled_from([(), ("exceptions",), ("exceptions resolve", "seed"), ("e",), ("exceptions_",)]),
    outcomes=st.sampled_from([(), (Outcome.DONE,), (Outcome.FAILED, Outcome.UNCHANGED)]),
    tenant_id=st.sampled_from([None, "T1", "T2"]),
    since=moments,
    until=moments,
    reads=st.booleans(),
)


@given(chosen=filters, limit=st.integers(1, 45))
@settings(max_examples=40)
def test_pages_put_together_are_what_matches_newest_first(
    shared: Database, entries: list[Operation], chosen: OperationFilter, limit: int
) -> None:
    wanted = [entry for entry in entries if _fits(entry, chosen)]
    found: list[Operation] = []
    cursor: str | None = None
    while True:
        page = list_operations(shared, chosen, limit=limit, cursor=cursor, total=True)
        found += page.items
        assert page.page.total == len(wanted)
        assert page.page.has_more == (page.page.next is not None)
        cursor = page.page.next
        if cursor is None:
            break
    assert found == wanted
    assert list(list_operations(shared, chosen, limit=None).items) == wanted


def test_a_cursor_of_another_filter_is_refused(shared: Database, entries: list[Operation]) -> None:
    assert entries
    cursor = list_operations(shared, limit=2).page.next
    for chosen in (OperationFilter(reads=True), OperationFilter(actors=("ada",))):
        with pytest.raises(InvalidInput) as caught:
            list_operations(shared, chosen, limit=2, cursor=cursor)
        assert caught.value.code == "invalid_cursor"


SERVED = {
    "ix_operation_changes": (
        OperationFilter(),
        OperationFilter(since=BEGIN, until=BEGIN + timedelta(hours=1)),
    ),
    "ix_operation_tenant": (OperationFilter(tenant_id="T7"),),
}


def test_a_page_of_a_long_journal_is_served_by_an_index(url: DatabaseUrl, database: Database) -> None:
    with connect(url) as admin:
        admin.execute(
            "INSERT INTO operation (operation_id, at, command, arguments, actor, tenant_id, outcome, duration_ms,"
            " before, after, tool_version, reads)"
            " SELECT gen_random_uuid(), '2026-05-01'::timestamptz + n * '1 s'::interval, 'x', '{}', 'x',"
            " CASE WHEN n % 50 = 0 THEN 'T7' END, 'done', 1, '{}', '{}', '0', n % 10 <> 0"
            " FROM generate_series(1, 20000) AS n"
        )
        admin.execute("ANALYZE operation")
    seen: list[tuple[str, object]] = []

    def remember(*arguments: object) -> None:
        seen.append((str(arguments[2]), arguments[3]))

    event.listen(database._engine, "before_cursor_execute", remember)
    for index, questions in SERVED.items():
        for chosen in questions:
            seen.clear()
            list_operations(database, chosen, limit=20)
            statement, values = next((text, given) for text, given in seen if "FROM operation" in text)
            assert isinstance(values, dict)
            with database.begin(AllTenants()) as work:
                plan = "\n".join(work.connection.exec_driver_sql(f"EXPLAIN {statement}", values).scalars())
            assert index in plan


def test_a_reading_is_entered_with_a_digest_of_what_was_asked_and_not_with_the_words(url: DatabaseUrl) -> None:
    asked = {"search": "John Smith", "tenant": "A"}
    database = Database(url, context=replace(context("exceptions list"), arguments=asked))
    assert record_reading(database, AllTenants()) is None
    assert record_reading(database, TenantScope("A")) is None
    assert list_operations(database, limit=9).items == ()
    one, everybody = list_operations(database, OperationFilter(reads=True), limit=9).items
    assert (one.tenant_id, everybody.tenant_id) == ("A", None)
    assert everybody.after["options"] == ["search", "tenant"]
    assert everybody.after["filter"] == one.after["filter"]
    assert "Smith" not in json.dumps(one.model_dump(mode="json"))
    assert show_operation(database, str(one.operation_id)) == one
    database.close()


def test_where_nothing_can_be_written_a_reading_is_not_entered_and_that_is_told(
    url: DatabaseUrl, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    with connect(url) as admin:
        admin.execute(f"ALTER DATABASE {url.database} SET default_transaction_read_only = on")
    database = Database(url, context=context("exceptions list"))
    assert "read-only" in str(record_reading(database, AllTenants()))
    assert list_operations(database, OperationFilter(reads=True), limit=9).items == ()
    database.close()


def test_without_a_schema_it_is_for_the_reading_itself_to_say_so(empty: Database) -> None:
    assert record_reading(empty, AllTenants()) is None
