"""Counts behind deadlines, against plain Python over the same rows."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import NotFound
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.exception import ExceptionFilter, NewException, Severity, Status
from sentinai_cli.models.exception_forecast import SlaGroup
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event_append import append_event
from sentinai_cli.services.exception_sla import sla_report
from tests.conftest import context, fresh_database, store_records
from tests.db.records import EPOCH, record

DAY = timedelta(hours=24)


def row(tenant_id: str, number: int) -> NewException:
    """One comes every half hour; its time is none, 4, 8 or 30 hours."""
    return record(
        tenant_id,
        number,
        severity=list(Severity)[number % 3],
        status=list(Status)[number % 4],
        type=("CASH_BREAK", "LATE")[number % 2],
        created_at=EPOCH + timedelta(minutes=30 * number),
        deadline=(None, timedelta(hours=4), timedelta(hours=8), timedelta(hours=30))[number // 2 % 4],
    )


ROWS = [row(tenant_id, number) for tenant_id in ("A", "B") for number in range(1, 81)]


@pytest.fixture(scope="module")
def filled(server: DatabaseUrl, template: str) -> Iterator[Database]:
    """The rows, which nobody changes."""
    with fresh_database(server, template) as url:
        database = Database(url, context=context())
        store_records(database, *ROWS)
        yield database
        database.close()


@pytest.mark.parametrize("hours", [0, 7, 30, 40, 41, 90])
@pytest.mark.parametrize("chosen", [ExceptionFilter(), ExceptionFilter(types=("LATE",))], ids=["all", "a type"])
def test_every_count_is_that_of_the_rows(filled: Database, chosen: ExceptionFilter, hours: int) -> None:
    at = EPOCH + timedelta(hours=hours)
    report = sla_report(filled, AllTenants(), chosen, at=at, lookback=DAY)
    rows = [one for one in ROWS if not chosen.types or one.type in chosen.types]
    for tenant_id in ("A", "B"):
        for severity in list(Severity)[:3]:
            own = [one for one in rows if (one.tenant_id, one.severity) == (tenant_id, severity)]
            found = [one for one in report.items if (one.tenant_id, one.severity) == (tenant_id, severity)]
            assert [figures(one) for one in found] == [expected(own, at)]
    keys = [(one.tenant_id, -one.severity.rank) for one in report.items]
    assert keys == sorted(keys)


def figures(group: SlaGroup) -> tuple[float, ...]:
    return (
        group.unresolved,
        group.without_deadline,
        group.breached,
        group.at_risk,
        group.due_4h,
        group.due_8h,
        group.due_24h,
        group.arrivals_per_hour,
        group.resolutions_per_hour,
    )


def expected(rows: list[NewException], at: datetime) -> tuple[float, ...]:
    unresolved = [one for one in rows if one.status is not Status.RESOLVED]
    timed = [(one.created_at, one.sla_deadline) for one in unresolved if one.sla_deadline is not None]
    ahead = [(created, due) for created, due in timed if due >= at]
    recent = [one for one in rows if at - DAY <= one.created_at < at]
    done = [one for one in rows if one.resolved_at is not None and at - DAY <= one.resolved_at < at]
    return (
        len(unresolved),
        len(unresolved) - len(timed),
        len(timed) - len(ahead),
        sum((at - created) * 100 >= (due - created) * 80 for created, due in ahead),
        *(sum(due < at + timedelta(hours=hours) for _, due in ahead) for hours in (4, 8, 24)),
        round(len(recent) / 24, 2),
        round(len(done) / 24, 2),
    )


def test_a_report_of_one_tenant_knows_nothing_of_another(filled: Database) -> None:
    at = EPOCH + DAY
    of_all = sla_report(filled, AllTenants(), ExceptionFilter(), at=at, lookback=DAY)
    of_one = sla_report(filled, TenantScope("B"), ExceptionFilter(), at=at, lookback=DAY)
    assert of_one.items == tuple(one for one in of_all.items if one.tenant_id == "B")
    with pytest.raises(NotFound):
        sla_report(filled, TenantScope("C"), ExceptionFilter(), at=at, lookback=DAY)


def test_each_resolution_counts_though_it_was_taken_back(database: Database, store: Callable[..., int]) -> None:
    store(replace(record("A", 1, deadline=None)))
    for hour, (event_type, payload) in enumerate(
        [
            (EventType.STATUS_CHANGED, {"before": "open", "after": "resolved"}),
            (EventType.REOPENED, {"before": "resolved"}),
            (EventType.STATUS_CHANGED, {"before": "open", "after": "resolved"}),
        ]
    ):
        append_event(
            database,
            TenantScope("A"),
            "EX-000001",
            event_type=event_type,
            payload=payload,
            actor_type=ActorType.USER,
            actor_id="ada",
            event_id=None,
            now=EPOCH + timedelta(hours=hour + 1),
        )
    (group,) = sla_report(
        database, AllTenants(), ExceptionFilter(), at=EPOCH + timedelta(hours=4), lookback=timedelta(hours=4)
    ).items
    assert (group.unresolved, group.resolutions_per_hour, group.arrivals_per_hour) == (0, 0.5, 0.25)
