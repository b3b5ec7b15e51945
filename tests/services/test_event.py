"""Verification reads logs of any length side by side with their exceptions, and says of every one how it is."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from sentinai_cli.db import event_reader
from sentinai_cli.db.engine import Database
from sentinai_cli.errors import NotFound
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event_check import SHOWN, BreakKind
from sentinai_cli.models.exception import NewException
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event import verify_events
from tests.conftest import connect, context, fresh_database, store_records
from tests.db.records import record

EACH = 550
EVENTS = {"Z": EACH * 3, "a": EACH * 2, "b.": 40}
"""Three tenants whose order differs between code points and most languages."""


def records_of(tenant_id: str) -> list[NewException]:
    comments = 2 if tenant_id == "Z" else 1
    count = EVENTS[tenant_id] // (1 + comments)
    return [record(tenant_id, number, comments=comments) for number in range(1, count + 1)]


@pytest.fixture(scope="module")
def long_log(server: DatabaseUrl, template: str) -> Iterator[Database]:
    """More exceptions and events than are fetched at once."""
    with fresh_database(server, template) as made:
        database = Database(made, context=context())
        for tenant_id in EVENTS:
            store_records(database, *records_of(tenant_id))
        yield database
        database.close()


def test_a_log_longer_than_one_fetch_is_read_to_its_end(long_log: Database) -> None:
    assert sum(EVENTS.values()) > 2 * event_reader._TOGETHER
    done: list[int] = []
    result = verify_events(long_log, AllTenants(), advance=done.append)
    assert (result.tenants, result.exceptions, result.events) == (3, 2 * EACH + 20, sum(EVENTS.values()))
    assert (result.broken, result.breaks) == (0, ())
    assert sum(done) == result.exceptions


@pytest.mark.parametrize("tenant_id", EVENTS)
def test_one_tenants_log_is_verified_alone(long_log: Database, tenant_id: str) -> None:
    result = verify_events(long_log, TenantScope(tenant_id), advance=lambda _: None)
    assert (result.tenants, result.events, result.broken) == (1, EVENTS[tenant_id], 0)


def test_a_tenant_that_does_not_exist_is_not_verified(long_log: Database) -> None:
    with pytest.raises(NotFound):
        verify_events(long_log, TenantScope("z"), advance=lambda _: None)


def test_breaks_are_all_counted_and_the_first_ones_shown_in_order(server: DatabaseUrl, template: str) -> None:
    with fresh_database(server, template) as made:
        database = Database(made, context=context())
        store_records(database, *[record(name, n, comments=0) for name in ("A", "B", "C") for n in range(1, 71)])
        with connect(made) as admin:
            for table in ("exception", "exception_event"):
                admin.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
            admin.execute("DELETE FROM exception WHERE tenant_id = 'A' OR exception_id = 'EX-000070'")
            admin.execute("UPDATE exception_event SET actor_id = 'me' WHERE tenant_id = 'C'")
        result = verify_events(database, AllTenants(), advance=lambda _: None)
        database.close()
    orphans = 70 + 1 + 1
    assert result.broken == orphans + 69
    assert (result.exceptions, result.events) == (69 + 69, 210)
    assert len(result.breaks) == SHOWN
    kinds = [found.kind for found in result.breaks]
    assert kinds == [BreakKind.ORPHAN] * 71 + [BreakKind.CONTENT] * 29
    places = [(found.tenant_id, found.exception_id) for found in result.breaks]
    assert places == sorted(places)


def test_a_database_without_any_event_verifies(shared: Database) -> None:
    result = verify_events(shared, AllTenants(), advance=lambda _: None)
    assert (result.tenants, result.exceptions, result.events, result.broken) == (0, 0, 0, 0)


def test_the_processes_that_share_a_verification_start_without_sqlalchemy() -> None:
    told = "import sentinai_cli.services.event_worker, sys; print('sqlalchemy' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
