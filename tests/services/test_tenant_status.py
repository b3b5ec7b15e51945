"""A tenant that is not active can be read and takes nothing new, whoever asks and by whatever way."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from uuid import uuid4

import psycopg
import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import InvalidInput, NotFound, Refused
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.exception import ExceptionFilter
from sentinai_cli.models.exception_act import Act, ActKind
from sentinai_cli.models.pack_version import PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.models.tenant import TenantStatus
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.event_append import append_event
from sentinai_cli.services.event_seal import seal_events
from sentinai_cli.services.exception import list_exceptions
from sentinai_cli.services.exception_act import plan_for_filter
from sentinai_cli.services.legal_hold import place_hold
from sentinai_cli.services.pack_activation import activate_pack, activate_packs, rollback_packs
from sentinai_cli.services.pack_import import import_pack
from sentinai_cli.services.sample import sample_packs
from sentinai_cli.services.seed import seed
from sentinai_cli.services.tenant_status import switch_tenant
from sentinai_cli.services.tool import switch_tool
from tests.conftest import connect, context, fresh_database, quiet
from tests.db.records import record
from tests.services.conftest import AS_OF, ignore, request
from tests.services.rows import unchanged

FINANCE = "TENANT_FINANCE_001"
SUSPENDED, ARCHIVED, ACTIVE = TenantStatus.SUSPENDED, TenantStatus.ARCHIVED, TenantStatus.ACTIVE


def _opened(url: DatabaseUrl) -> Database:
    return Database(url, context=replace(context("tenants suspend"), reason="unpaid"))


@pytest.fixture(scope="module")
def suspended(server: DatabaseUrl, samples: str) -> Iterator[Database]:
    """The samples, Finance suspended."""
    with fresh_database(server, samples) as made:
        opened = _opened(made)
        switch_tenant(opened, FINANCE, SUSPENDED)
        yield opened
        opened.close()


def _append(database: Database) -> None:
    one = list_exceptions(database, TenantScope(FINANCE), ExceptionFilter(), limit=1).items[0]
    append_event(
        database,
        AllTenants(),
        one.exception_id,
        event_type=EventType.COMMENT_ADDED,
        payload={"text": "x"},
        actor_type=ActorType.USER,
        actor_id="ada",
        event_id=None,
        now=AS_OF,
    )


def _act(database: Database) -> None:
    plan_for_filter(
        database, AllTenants(), ExceptionFilter(), Act(kind=ActKind.COMMENT, text="x"), actor="ada", now=AS_OF
    )


def _import(database: Database) -> None:
    source, data = next(found for (_, name), found in sample_packs().items() if name == FINANCE)
    import_pack(database, data, source=source)


CHANGES: dict[str, Callable[[Database], object]] = {
    "append": _append,
    "act": _act,
    "import": _import,
    "activate": lambda database: activate_pack(database, FINANCE, PackReference.parse("domain:Finance")),
    "roll back": lambda database: rollback_packs(database, FINANCE),
    "tool": lambda database: switch_tool(database, FINANCE, "getSettlement", enabled=False),
    "seed": lambda database: seed(
        database, request(FINANCE, count=60, as_of=AS_OF), embedded=False, now=AS_OF, say=quiet, advance=ignore
    ),
}


@pytest.mark.parametrize("way", CHANGES)
def test_what_would_change_something_is_refused_and_says_how_to_go_on(suspended: Database, way: str) -> None:
    with unchanged(suspended.url), pytest.raises(Refused) as caught:
        CHANGES[way](suspended)
    assert caught.value.code == "tenant_not_active"
    assert str(caught.value.fix).startswith(f"sentinai tenants activate {FINANCE} --reason")


def test_reading_sealing_and_holding_go_on(suspended: Database) -> None:
    assert list_exceptions(suspended, TenantScope(FINANCE), ExceptionFilter(), limit=None).items
    assert verify_events(suspended, AllTenants(), advance=ignore).broken == 0
    assert seal_events(suspended, TenantScope(FINANCE), now=AS_OF, advance=ignore).items
    assert place_hold(suspended, FINANCE, None, now=AS_OF).placed


def test_activating_a_domain_pack_for_all_passes_over_tenants_that_are_not_active(seeded_database: Database) -> None:
    opened = _opened(seeded_database.url)
    switch_tenant(opened, FINANCE, ARCHIVED)
    with pytest.raises(NotFound, match="no tenant uses"):
        activate_packs(opened, AllTenants(), PackReference.parse("domain:Finance"))
    opened.close()


GUARDED = ("exception", "seed_run", "pack_activation", "tenant_policy_pack_version")


def test_the_database_itself_refuses_what_is_new(url: DatabaseUrl, store: Callable[..., int]) -> None:
    store(record("A", 1))
    opened = _opened(url)
    switch_tenant(opened, "A", SUSPENDED)
    opened.close()
    with connect(url) as connection:
        for table in GUARDED:
            for role in ("sentinai_app", "sentinai_owner"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                    connection.execute(f"SET LOCAL ROLE {role}; SET LOCAL sentinai.tenant_id = 'A'")
                    connection.execute(f"INSERT INTO {table} (tenant_id) VALUES ('A')")
            with pytest.raises(psycopg.errors.IntegrityError):
                connection.execute(f"INSERT INTO {table} (tenant_id) VALUES ('A')")  # a restore names no tenant


def test_a_status_changes_for_a_reason_and_comes_back(
    database: Database, url: DatabaseUrl, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    opened = _opened(url)
    for status, before in ((SUSPENDED, ACTIVE), (ARCHIVED, SUSPENDED), (ACTIVE, ARCHIVED)):
        switched = switch_tenant(opened, "A", status)
        assert (switched.changed, switched.before, switched.tenant.status) == (True, before, status)
    assert not switch_tenant(opened, "A", ACTIVE).changed
    assert store(record("A", 2)) == 1
    with unchanged(url):
        with pytest.raises(InvalidInput, match="reason"):
            switch_tenant(database, "A", SUSPENDED)
        with pytest.raises(NotFound):
            switch_tenant(opened, f"NOBODY-{uuid4().hex}"[:60], SUSPENDED)
    with opened.begin(AllTenants()) as work:
        entries = work.operations.newest(4)
    assert [(entry.outcome, entry.before, entry.after) for entry in entries] == [
        ("unchanged", {"status": "active"}, {"status": "active"}),
        ("done", {"status": "archived"}, {"status": "active"}),
        ("done", {"status": "suspended"}, {"status": "archived"}),
        ("done", {"status": "active"}, {"status": "suspended"}),
    ]
    opened.close()
