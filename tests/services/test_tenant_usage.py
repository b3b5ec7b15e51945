"""A tenant is shown with what it holds and how busy it is, and nothing of others."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import NotFound
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.exception import Status
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services import tenant_usage
from sentinai_cli.services.event_seal import seal_events
from sentinai_cli.services.tenant_usage import show_tenant
from tests.conftest import connect
from tests.db.records import EPOCH, record
from tests.services.conftest import ignore

NOW = EPOCH + timedelta(days=10)


@pytest.fixture
def stored(database: Database, store: Callable[..., int]) -> Database:
    """Two tenants; A has one open, one resolved, and one of five days later."""
    later = EPOCH + timedelta(days=5)
    store(
        record("A", 1),
        record("A", 2, status=Status.RESOLVED),
        record("A", 3, created_at=later, deadline=timedelta(days=30)),
        *(record("B", number) for number in range(1, 8)),
    )
    return database


def test_what_it_holds_is_counted_and_nothing_of_others(stored: Database) -> None:
    shown = show_tenant(stored, "A", now=NOW)
    assert (shown.exceptions, shown.unresolved, shown.breached, shown.events) == (3, 2, 1, 7)
    assert (shown.domain_version, shown.policy_version, shown.estimated) == (None, None, False)
    assert (shown.seals, shown.sealed_at, shown.holds) == (0, None, 0)
    assert 500 < shown.estimated_bytes < 20_000


def test_the_last_fourteen_days_are_there_whether_or_not_anything_happened(stored: Database) -> None:
    days = show_tenant(stored, "A", now=NOW).events_by_day
    assert [day.day for day in days] == [(NOW - timedelta(days=back)).date() for back in range(13, -1, -1)]
    told = {day.day: day.events for day in days if day.events}
    assert told == {EPOCH.date(): 5, (EPOCH + timedelta(days=5)).date(): 2}
    assert sum(day.events for day in show_tenant(stored, "A", now=NOW + timedelta(days=60)).events_by_day) == 0


def test_seals_and_holds_are_told(stored: Database) -> None:
    seal_events(stored, AllTenants(), now=NOW, advance=ignore)
    with stored.begin(TenantScope("A")) as work:
        work.legal_holds.place("A", uuid4(), exception_id=None, reason="x", by="x")
    shown = show_tenant(stored, "A", now=NOW)
    assert (shown.seals, shown.sealed_at, shown.holds) == (1, NOW, 1)


def test_a_large_tenant_is_estimated_and_that_is_said_unless_it_is_to_be_counted(
    stored: Database, url: DatabaseUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(url) as admin:
        admin.execute("ANALYZE exception, exception_event")
    monkeypatch.setattr(tenant_usage, "MANY", 5)
    small, large = show_tenant(stored, "A", now=NOW), show_tenant(stored, "B", now=NOW)
    assert (small.estimated, large.estimated) == (False, True)
    assert (large.exceptions, large.events) == (7, 14)  # fresh statistics of few rows are right
    assert not show_tenant(stored, "B", now=NOW, exact=True).estimated


def test_the_days_are_answered_by_an_index_alone(stored: Database, url: DatabaseUrl) -> None:
    with connect(url) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute(
            "INSERT INTO exception_event SELECT tenant_id, exception_id, n, gen_random_uuid(), event_type, actor_type,"
            " actor_id, payload, created_at - n * '1 hour'::interval, leaf, hash FROM exception_event,"
            " generate_series(100, 2000) AS n WHERE tenant_id = 'B' AND event_no = 1"
        )
        admin.execute("ANALYZE exception_event")
    with stored.begin(TenantScope("B")) as work:
        plan = work.connection.exec_driver_sql(
            "EXPLAIN SELECT count(*) FROM exception_event WHERE tenant_id = 'B' AND created_at >= '2026-03-01'"
        )
        assert "ix_exception_event_newest" in "\n".join(plan.scalars())


def test_a_tenant_that_does_not_exist_is_not_shown(database: Database) -> None:
    with pytest.raises(NotFound) as caught:
        show_tenant(database, "NOPE", now=NOW)
    assert caught.value.code == "tenant_not_found"
