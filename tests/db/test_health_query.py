"""What health and status ask of tenants' rows is answered from indexes, under row-level security."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.db.queries import query
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.services.event_seal import seal_events
from tests.conftest import connect
from tests.db.records import record
from tests.services.health_rows import many

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
GIVEN = {"at": NOW, "cap": 100, "few": 5, "statuses": ["open", "resolved"], "entries": 100}
ANSWERED = [
    ("health_arrival", "ix_exception_newest"),
    ("health_breach", "ix_exception_sla_deadline"),
    ("health_seal", "ix_exception_event_xid"),
    ("status_tenant", "ix_exception_sla_deadline"),
    ("status_tenant", "ix_exception_status_severity"),
    ("status_tenant", "ix_exception_newest"),
    ("status_exception", "ix_exception_newest"),
    ("status_event", "ix_exception_event_newest"),
    ("status_operation", "ix_operation_"),
]


@pytest.fixture
def filled(database: Database, url: DatabaseUrl, store: Callable[..., int]) -> DatabaseUrl:
    """A few thousand rows of two tenants, sealed, with statistics."""
    store(*[record(tenant, number) for tenant in "AB" for number in range(100)])
    seal_events(database, AllTenants(), now=NOW, advance=lambda _: None)
    with connect(url) as admin:
        for tenant in "AB":
            many(admin, tenant, 3_000, start=NOW - timedelta(days=30), end=NOW, deadline=NOW, prefix="MANY-")
        admin.execute("ANALYZE")
    return url


def test_each_question_about_tenants_is_answered_by_its_index(filled: DatabaseUrl) -> None:
    with connect(filled) as admin, admin.transaction():
        admin.execute("SET LOCAL ROLE sentinai_operator")
        admin.execute("SET LOCAL enable_seqscan = off")  # which is cheaper on so few rows
        for name, index in ANSWERED:
            plan = "\n".join(row[0] for row in admin.execute("EXPLAIN " + query(name), GIVEN).fetchall())
            assert index in plan, f"{name}: {plan}"
            assert "Seq Scan on exception" not in plan, f"{name}: {plan}"
