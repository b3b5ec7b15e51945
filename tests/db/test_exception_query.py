"""Lists, counts and pages of exceptions: right, stable while rows arrive, and each served by its index."""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, NotFound
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.exception import ExceptionFilter, ExceptionSummary, Severity, Sort, Status
from sentinai_cli.models.exception_cursor import read_cursor
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.exception import exception_stats, list_exceptions
from tests.conftest import context, fresh_database, store_records
from tests.db.records import EPOCH, record, stored

TYPES = ("CASH_BREAK", "POSITION_BREAK")


def fill(store: Callable[..., int], tenants: Sequence[str] = ("A", "B"), count: int = 40) -> None:
    store(
        *(
            record(
                tenant_id,
                number,
                severity=list(Severity)[number % 4],
                status=list(Status)[number % 3],
                type=TYPES[number % 2],
                created_at=EPOCH + timedelta(minutes=number // 4),  # four share each moment
                deadline=None if number % 5 == 0 else timedelta(hours=1),
            )
            for tenant_id in tenants
            for number in range(1, count + 1)
        )
    )


def walk(
    database: Database, scope: TenantScope | AllTenants, chosen: ExceptionFilter, limit: int
) -> list[ExceptionSummary]:
    found: list[ExceptionSummary] = []
    cursor: str | None = None
    while True:
        page = list_exceptions(database, scope, chosen, limit=limit, cursor=cursor)
        found += page.items
        assert page.page.has_more == (page.page.next is not None)
        if page.page.next is None:
            return found
        cursor = page.page.next


@pytest.mark.parametrize("scope", [TenantScope("A"), AllTenants()], ids=["one tenant", "all tenants"])
@pytest.mark.parametrize("limit", [1, 7, 39, 40, 41, 200])
def test_pages_put_together_are_the_whole_list_newest_first(
    database: Database, store: Callable[..., int], scope: TenantScope | AllTenants, limit: int
) -> None:
    fill(store)
    found = walk(database, scope, ExceptionFilter(), limit)
    keys = [(row.created_at, row.exception_id, row.tenant_id) for row in found]
    assert keys == sorted(set(keys), reverse=True)
    assert len(keys) == (40 if isinstance(scope, TenantScope) else 80)
    assert list_exceptions(database, scope, ExceptionFilter(), limit=None).items == tuple(found)


@given(
    statuses=st.sets(st.sampled_from(list(Status))),
    severities=st.sets(st.sampled_from(list(Severity))),
    types=st.sets(st.sampled_from([*TYPES, "NONE_SUCH"])),
    window=st.tuples(st.none() | st.integers(0, 12), st.none() | st.integers(0, 12)),
)
@settings(max_examples=40)
def test_a_filter_keeps_exactly_the_rows_that_match(
    filled: Database,
    statuses: set[Status],
    severities: set[Severity],
    types: set[str],
    window: tuple[int | None, int | None],
) -> None:
    since, until = (None if minute is None else EPOCH + timedelta(minutes=minute) for minute in window)
    chosen = ExceptionFilter(
        statuses=tuple(statuses), severities=tuple(severities), types=tuple(types), since=since, until=until
    )
    found = list_exceptions(filled, AllTenants(), chosen, limit=200, total=True)
    everything = list_exceptions(filled, AllTenants(), ExceptionFilter(), limit=None).items
    expected = [
        row
        for row in everything
        if (not statuses or row.status in statuses)
        and (not severities or row.severity in severities)
        and (not types or row.type in types)
        and (since is None or row.created_at >= since)
        and (until is None or row.created_at < until)
    ]
    assert list(found.items) == expected
    assert found.page.total == len(expected)
    stats = exception_stats(filled, AllTenants(), chosen, at=EPOCH + timedelta(days=1))
    assert stats.exceptions == len(expected)
    assert stats.breached == sum(row.status is not Status.RESOLVED and row.sla_deadline is not None for row in expected)


@pytest.fixture(scope="module")
def filled(server: DatabaseUrl, template: str) -> Iterator[Database]:
    """Rows that no test changes."""
    with fresh_database(server, template) as url:
        database = Database(url, context=context())
        fill(partial(store_records, database))
        yield database
        database.close()


def test_rows_that_arrive_between_two_pages_neither_repeat_nor_hide_any(
    database: Database, store: Callable[..., int]
) -> None:
    fill(store)
    before = list_exceptions(database, AllTenants(), ExceptionFilter(), limit=None).items
    first = list_exceptions(database, AllTenants(), ExceptionFilter(), limit=30)
    store(record("A", 500, created_at=EPOCH + timedelta(days=1)), record("C", 1, created_at=EPOCH + timedelta(days=1)))
    rest = list_exceptions(database, AllTenants(), ExceptionFilter(), limit=100, cursor=first.page.next)
    assert first.items + rest.items == before


@pytest.mark.parametrize(
    ("scope", "chosen"),
    [(TenantScope("A"), ExceptionFilter()), (AllTenants(), ExceptionFilter(types=("CASH_BREAK",)))],
    ids=["another tenant", "another filter"],
)
def test_a_cursor_of_another_list_is_refused(
    filled: Database, scope: TenantScope | AllTenants, chosen: ExceptionFilter
) -> None:
    cursor = list_exceptions(filled, AllTenants(), ExceptionFilter(), limit=3).page.next
    with pytest.raises(InvalidInput) as caught:
        list_exceptions(filled, scope, chosen, limit=3, cursor=cursor)
    assert caught.value.code == "invalid_cursor"


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: base64.urlsafe_b64encode(data).decode()))
@settings(max_examples=200)
def test_no_text_is_taken_for_a_cursor_by_accident(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_cursor(text, AllTenants(), ExceptionFilter())


def test_an_unknown_tenant_is_an_error_and_no_empty_list(filled: Database) -> None:
    with pytest.raises(NotFound):
        list_exceptions(filled, TenantScope("NOPE"), ExceptionFilter(), limit=3)
    with pytest.raises(NotFound):
        exception_stats(filled, TenantScope("NOPE"), ExceptionFilter(), at=EPOCH)


def test_an_id_that_two_tenants_have_needs_the_tenant(filled: Database) -> None:
    with pytest.raises(InvalidInput) as caught:
        stored(filled, AllTenants(), "EX-000001")
    assert caught.value.why == "A, B"
    shown = stored(filled, TenantScope("B"), "EX-000001")
    assert (shown.tenant_id, [event.event_no for event in shown.events]) == ("B", [1, 2, 3])
    with pytest.raises(NotFound):
        stored(filled, AllTenants(), "EX-999999")


def test_the_worst_come_first_and_those_without_a_deadline_are_not_lost(filled: Database) -> None:
    with filled.begin(AllTenants(), read_only=True) as work:
        worst = work.exceptions.worst_unresolved(200)
    unresolved = [
        row
        for row in list_exceptions(filled, AllTenants(), ExceptionFilter(), limit=None).items
        if row.status is not Status.RESOLVED
    ]
    assert len(worst) == len(unresolved)
    far = EPOCH + timedelta(days=999)
    order = [(-row.severity.rank, row.sla_deadline or far, row.tenant_id, row.exception_id) for row in worst]
    assert order == sorted(order)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_amounts_too_large_too_small_and_alike_have_their_place(
    database: Database, store: Callable[..., int], limit: int
) -> None:
    amounts = [
        "1e400",
        "1e31",
        "1e30",
        "900719925474099.30",
        "900719925474099.29",
        "1e-12",
        "0",
        "-1e-400",
        "-1",
        "-2e40",
    ]
    made = [replace(record("A", 9 - at), amount=Decimal(amount)) for at, amount in enumerate(amounts)]
    store(*made)
    found: list[str] = []
    cursor: str | None = None
    while True:
        page = list_exceptions(
            database, TenantScope("A"), ExceptionFilter(), limit=limit, cursor=cursor, sort=Sort.AMOUNT
        )
        found += [row.exception_id for row in page.items]
        cursor = page.page.next
        if cursor is None:
            break
    assert found == [one.exception_id for one in made]
    some = ExceptionFilter(amount_from=Decimal("900719925474099.295"), amount_to=Decimal("1e31"))
    ranged = list_exceptions(database, TenantScope("A"), some, limit=9, sort=Sort.AMOUNT)
    assert [row.exception_id for row in ranged.items] == [one.exception_id for one in made[1:4]]
    with database.begin(TenantScope("A"), read_only=True) as work:
        assert work.exceptions.count(some) == 3


def test_a_load_that_is_repeated_inserts_nothing_and_changes_nothing(
    database: Database, store: Callable[..., int]
) -> None:
    rows = [record("A", number) for number in range(1, 4)]
    assert store(*rows) == 3
    before = stored(database, TenantScope("A"), "EX-000002")
    altered = replace(rows[1], owner="somebody else")
    assert store(rows[0], altered, record("A", 4)) == 1
    assert stored(database, TenantScope("A"), "EX-000002") == before
