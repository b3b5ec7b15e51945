"""Which index serves what, under row-level security: the planner's word for each list, order, count and question."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from sentinai_cli.db.engine import Database
from sentinai_cli.db.work import Work
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event_list import EventFilter, EventKey
from sentinai_cli.models.exception import ExceptionFilter, ExceptionKey, Severity, Sort, Status
from sentinai_cli.models.exception_similar import Likened
from sentinai_cli.models.scope import AllTenants, Scope, TenantScope
from tests.conftest import connect, context, fresh_database, store_records
from tests.db.records import EPOCH, record


@pytest.mark.parametrize(
    ("index", "scope", "chosen"),
    [
        ("ix_exception_newest", TenantScope("A"), ExceptionFilter()),
        ("ix_exception_newest", AllTenants(), ExceptionFilter()),
        (
            "ix_exception_status_severity",
            TenantScope("A"),
            ExceptionFilter(statuses=(Status.ESCALATED,), severities=(Severity.CRITICAL,)),
        ),
        ("ix_exception_type", TenantScope("A"), ExceptionFilter(types=("RARE",))),
        ("ix_exception_entity", TenantScope("A"), ExceptionFilter(entities=("ACC-70",))),
        ("ix_exception_source", TenantScope("A"), ExceptionFilter(sources=("Desk",))),
        ("ix_exception_owner", TenantScope("A"), ExceptionFilter(owners=("ada", "bob"))),
        ("ix_exception_severity", TenantScope("A"), ExceptionFilter(severities=(Severity.CRITICAL,))),
        (
            "ix_exception_sla_deadline",
            TenantScope("A"),
            ExceptionFilter(unresolved=True, due_since=EPOCH, due_until=EPOCH + timedelta(hours=9)),
        ),
        ("ix_exception_newest", TenantScope("A"), ExceptionFilter(since=EPOCH + timedelta(minutes=1990))),
    ],
    ids=[
        "a page",
        "a page across tenants",
        "a rare status and severity",
        "a rare type",
        "an entity",
        "a rare source",
        "owners",
        "a rare severity",
        "a deadline",
        "the last hour",
    ],
)
def test_a_page_is_read_from_its_index_under_row_level_security(
    large: Database, index: str, scope: TenantScope | AllTenants, chosen: ExceptionFilter
) -> None:
    assert index in plan_of(large, scope, lambda work: work.exceptions.page(chosen, after=None, limit=10))


@pytest.mark.parametrize("scope", [TenantScope("A"), AllTenants()], ids=["one tenant", "all tenants"])
@pytest.mark.parametrize(
    ("sort", "index"),
    [
        (Sort.SEVERITY, "ix_exception_severity"),
        (Sort.AMOUNT, "ix_exception_amount"),
        (Sort.DEADLINE, "ix_exception_deadline"),
    ],
)
def test_an_order_is_read_from_its_index_and_a_page_of_it_sorts_nothing(
    large: Database, sort: Sort, index: str, scope: Scope
) -> None:
    place = ExceptionKey(EPOCH, "EX-000900", "A", Severity.LOW, EPOCH + timedelta(hours=12), Decimal("10.50"))

    def read(work: Work) -> None:
        for after in (None, place):
            work.exceptions.page(ExceptionFilter(), after=after, limit=10, sort=sort)

    plan = plan_of(large, scope, read)
    assert plan.count(index) >= 2
    assert isinstance(scope, AllTenants) or "Sort" not in plan


def test_a_walk_reads_no_more_rows_than_its_step_from_the_index(large: Database) -> None:
    rare = ExceptionFilter(search="nowhere to be found")
    plan = plan_of(large, TenantScope("A"), lambda work: next(work.exceptions.walk(rare, after=None, step=50)))
    assert "ix_exception_newest" in plan


def test_a_later_page_starts_where_the_cursor_says(large: Database) -> None:
    place = ExceptionKey(EPOCH + timedelta(minutes=900), "EX-000900", "A")
    for scope in (TenantScope("A"), AllTenants()):
        plan = plan_of(large, scope, lambda work: work.exceptions.page(ExceptionFilter(), after=place, limit=10))
        condition = next(line for line in plan.splitlines() if "Index Cond" in line and "ROW" in line)
        assert "created_at" in condition


def test_what_is_breached_is_counted_from_the_partial_index(large: Database) -> None:
    at = EPOCH + timedelta(hours=2)
    plan = plan_of(large, TenantScope("A"), lambda work: work.exceptions.count_breached(ExceptionFilter(), at))
    assert "ix_exception_sla_deadline" in plan


@pytest.fixture(scope="module")
def large(server: DatabaseUrl, template: str) -> Iterator[Database]:
    """Enough rows, with statistics, for the planner to care; most of them alike."""
    with fresh_database(server, template) as url:
        database = Database(url, context=context())
        store_records(
            database,
            *(
                record(
                    tenant_id,
                    number,
                    comments=0,
                    type="RARE" if number % 500 == 0 else "CASH_BREAK",
                    status=Status.ESCALATED if number % 500 == 0 else Status.RESOLVED,
                    severity=Severity.CRITICAL if number % 500 == 0 else Severity.LOW,
                    source_system="Desk" if number % 500 == 0 else "Ledger",
                    owner=("ada", "bob")[number % 2] if number % 250 < 2 else None,
                )
                for tenant_id in ("A", "B")
                for number in range(1, 2001)
            ),
        )
        with connect(url) as admin:
            admin.execute("ANALYZE")
        yield database
        database.close()


def plan_of(database: Database, scope: Scope, query: Callable[[Work], object]) -> str:
    """The plans of the statements that `query` runs, as its scope's role gets them."""
    plans: list[str] = []

    def explain(*arguments: Any) -> None:
        connection, _, statement, parameters = arguments[:4]
        if not statement.startswith("EXPLAIN"):
            rows = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)
            plans.append("\n".join(row[0] for row in rows))

    with database.begin(scope, read_only=True) as work:
        event.listen(work.connection, "after_cursor_execute", explain)
        query(work)
    return "\n".join(plans)
