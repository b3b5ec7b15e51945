"""Which index serves what, under row-level security: the planner's word for each list, order, count and question."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from sentinai_cli.db.engine import Database
from sentinai_cli.db.repositories.copilot import CopilotRepository
from sentinai_cli.db.work import Work
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event_list import EventFilter, EventKey
from sentinai_cli.models.exception import ExceptionFilter, ExceptionKey, NewException, Severity, Sort, Status
from sentinai_cli.models.exception_breakdown import By
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


def test_deadlines_are_read_from_the_index_of_what_is_not_resolved_and_the_rest_from_that_by_time(
    large: Database,
) -> None:
    due = ExceptionKey(EPOCH, "EX-000900", "A", Severity.LOW, EPOCH + timedelta(hours=12))
    done = ExceptionKey(EPOCH + timedelta(minutes=900), "EX-000900", "A", Severity.LOW, resolved=True)

    def page(after: ExceptionKey | None, chosen: ExceptionFilter) -> str:
        return plan_of(
            large,
            TenantScope("A"),
            lambda work: work.exceptions.page(chosen, after=after, limit=3, sort=Sort.DEADLINE),
        )

    for after in (None, due):
        plan = page(after, ExceptionFilter(unresolved=True))
        assert "ix_exception_sla_deadline" in plan
        assert "Sort" not in plan
    rest = page(done, ExceptionFilter())
    assert "ix_exception_newest" in rest
    assert "ROW(created_at" in rest
    assert "Sort" not in rest


@pytest.mark.parametrize("scope", [TenantScope("A"), AllTenants()], ids=["one tenant", "all tenants"])
def test_a_later_page_of_amounts_starts_where_the_cursor_says(large: Database, scope: Scope) -> None:
    place = ExceptionKey(EPOCH, "EX-000900", "A", amount=Decimal("10.50"))

    def read(work: Work) -> None:
        work.exceptions.page(ExceptionFilter(), after=place, limit=10, sort=Sort.AMOUNT)

    conditions = [line for line in plan_of(large, scope, read).splitlines() if "Index Cond" in line and "ROW" in line]
    assert conditions
    assert all("amount_rank" in line for line in conditions)


def test_a_range_of_amounts_is_found_in_the_order_of_amounts(large: Database) -> None:
    wanted = ExceptionFilter(amount_from=Decimal(11), amount_to=Decimal(12))
    plan = plan_of(
        large,
        TenantScope("A"),
        lambda work: next(work.exceptions.walk(wanted, after=None, step=50, sort=Sort.AMOUNT)),
    )
    assert any("Index Cond" in line and "amount_rank" in line for line in plan.splitlines())


LATER = EPOCH + timedelta(days=9)
LIKED = Likened("A", "EX-000500", "RARE", "Desk", "ACC-70", None, None, {})
KEY = ExceptionKey(EPOCH + timedelta(minutes=900), "EX-000900", "A", Severity.LOW, EPOCH + timedelta(hours=12))
QUESTIONS: dict[str, tuple[Callable[[Work], object], tuple[str, ...]]] = {
    "similar": (
        lambda work: work.copilot.similar(LIKED, until=EPOCH + timedelta(days=9), after=None, limit=5),
        ("ix_exception_type", "ix_exception_entity", "ix_exception_source"),
    ),
    "sla_imminent": (
        lambda work: [
            work.copilot.sla_imminent(at=EPOCH, within=timedelta(hours=9), after=after, limit=5)
            for after in (None, KEY)
        ],
        ("ix_exception_sla_deadline",),
    ),
    "sla_breached": (
        lambda work: [
            work.copilot.sla_breached(at=EPOCH + timedelta(hours=9), after=after, limit=5) for after in (None, KEY)
        ],
        ("ix_exception_sla_deadline",),
    ),
    "by_entity": (
        lambda work: [work.copilot.by_entity("ACC-70", after=after, limit=5) for after in (None, KEY)],
        ("ix_exception_entity",),
    ),
    "by_source": (
        lambda work: [work.copilot.by_source("Desk", after=after, limit=5) for after in (None, KEY)],
        ("ix_exception_source",),
    ),
    "open_playbook_step": (
        lambda work: [work.copilot.open_playbook_step("PB-1", 2, after=after, limit=5) for after in (None, KEY)],
        ("ix_exception_playbook",),
    ),
    "recent_events": (
        lambda work: work.copilot.recent_events(
            EventFilter(),
            since=EPOCH + timedelta(minutes=1),
            after=EventKey(EPOCH + timedelta(minutes=900), "EX-000900", 1, "A"),
            limit=5,
        ),
        ("ix_exception_event_newest",),
    ),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_an_assistant_asks_is_answered_from_an_index_and_no_table_is_read_whole(
    large: Database, name: str
) -> None:
    ask, indexes = QUESTIONS[name]
    plan = plan_of(large, TenantScope("A"), ask)
    assert all(index in plan for index in indexes)
    assert "Seq Scan on exception" not in plan


def test_every_question_has_a_plan_to_look_at() -> None:
    assert QUESTIONS.keys() == {name for name in vars(CopilotRepository) if not name.startswith("_")}


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


WHOLE: dict[str, Callable[[Work], object]] = {
    "stats": lambda work: work.exceptions.groups(ExceptionFilter()),
    "stats by severity and status": lambda work: work.exception_breakdowns.of(
        ExceptionFilter(), [By.SEVERITY, By.STATUS], at=EPOCH, limit=9
    ),
    "a count": lambda work: work.exceptions.count(ExceptionFilter()),
    "what is due": lambda work: work.exception_slas.due(ExceptionFilter(), at=EPOCH, hours=24),
    "what came": lambda work: work.exception_slas.arrivals(ExceptionFilter(), since=EPOCH, until=LATER),
    "what was resolved": lambda work: work.exception_slas.resolutions(ExceptionFilter(), since=EPOCH, until=LATER),
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_reads_all_of_a_small_tenant_reads_nothing_of_the_others(large: Database, name: str) -> None:
    plan = plan_of(large, TenantScope("C"), WHOLE[name])
    assert "Index" in plan
    assert "Seq Scan on exception" not in plan


def row(tenant_id: str, number: int, **values: Any) -> NewException:
    """One of many; of those that are not resolved one is in a playbook."""
    made = record(tenant_id, number, **values)
    return replace(made, current_playbook_id="PB-1", current_step=2) if number == 1500 else made


def test_what_is_stored_of_ingested_records_is_looked_up_by_key(large: Database) -> None:
    names = [f"EX-{number:06d}" for number in range(1, 200, 2)]
    for look in (
        lambda work: work.exception_upserts.digests("A", names),
        lambda work: work.exception_upserts.look("A", names),
    ):
        plan = plan_of(large, TenantScope("A"), look)
        assert "pk_exception" in plan
        assert "Seq Scan" not in plan


@pytest.fixture(scope="module")
def large(server: DatabaseUrl, template: str) -> Iterator[Database]:
    """Enough rows, with statistics, for the planner to care; most of them alike."""
    with fresh_database(server, template) as url:
        database = Database(url, context=context())
        store_records(
            database,
            *(
                row(
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
            *(record("C", number, status=Status.RESOLVED if number % 2 else Status.OPEN) for number in range(1, 41)),
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
