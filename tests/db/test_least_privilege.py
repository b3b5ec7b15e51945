"""Everything works for a login that is no superuser and may only make roles and databases, on old and new servers."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sentinai_cli.db import migrate, migration_script
from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.isolation import isolation
from sentinai_cli.db.migrate import downgrade
from sentinai_cli.db.migration_state import schema_state
from sentinai_cli.errors import CheckFailed, Refused
from sentinai_cli.models.database import Environment, Isolation, SchemaState
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.exception import Status
from sentinai_cli.models.health import CheckState
from sentinai_cli.models.migration import MigrationResult
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.health import check_isolation
from sentinai_cli.services.journal_cut import cut_journal
from sentinai_cli.services.legal_hold import place_hold, release_hold
from sentinai_cli.services.migrate import migration_check, revert_losses, role_statements
from sentinai_cli.services.retention import plan_retention
from sentinai_cli.services.retention_run import run_retention
from sentinai_cli.services.tenant_purge import purge_tenant
from tests.conftest import connect, context, quiet, store_records
from tests.db.records import EPOCH, record
from tests.db.revision import Revisions
from tests.place import new_place
from tests.services.ingest import TENANT, assert_whole, counts, make_tenant, take, trade

INSTALLED = [place for place in sorted(Path("/usr/lib/postgresql").glob("*/bin")) if (place / "initdb").exists()]


def _servers() -> list[object]:
    other = [pytest.param(place, id=f"PostgreSQL {place.parent.name}") for place in INSTALLED]
    none = pytest.param(Path(), id="another PostgreSQL", marks=pytest.mark.skip("no other PostgreSQL is installed"))
    return [pytest.param(None, id="embedded"), *(other or [none])]


@pytest.fixture(scope="module", params=_servers())
def superuser(request: pytest.FixtureRequest) -> Iterator[DatabaseUrl]:
    """The superuser of a server that knows none of our roles."""
    with new_place() as place:
        yield EmbeddedServer(place / "home", pg_bin=request.param).ensure()


@pytest.fixture(scope="module")
def limited(superuser: DatabaseUrl) -> DatabaseUrl:
    """A database of a login that has only CREATEROLE and CREATEDB."""
    with connect(superuser) as admin:
        admin.execute("CREATE ROLE platform LOGIN CREATEROLE CREATEDB PASSWORD 'words'")
    url = replace(superuser, user="platform", password="words", database="postgres")
    with connect(url) as login:
        login.execute("CREATE DATABASE platform")
    return replace(url, database="platform")


def up(url: DatabaseUrl) -> MigrationResult:
    database = Database(url, context=context("migrate"))
    try:
        return migrate.upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
    finally:
        database.close()


@pytest.fixture
def database(limited: DatabaseUrl) -> Iterator[Database]:
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(up, [limited] * 10))
    opened = Database(limited, context=context())
    yield opened
    opened.close()


def test_ten_migrate_at_once_and_tenants_are_kept_apart(database: Database, limited: DatabaseUrl) -> None:
    with database.begin(AllTenants()) as work:
        for tenant_id in ("A", "B"):
            if work.tenants.get(tenant_id) is None:
                work.tenants.add(tenant_id, name=tenant_id, domain="Finance")
    for tenant_id in ("A", "B"):
        with database.begin(TenantScope(tenant_id)) as work:
            work.exceptions.load(tenant_id, [record(tenant_id, number) for number in range(1, 4)])
            work.record(tenant_id=tenant_id)
    with database.begin(TenantScope("A"), read_only=True) as work:
        assert sorted({row.tenant_id for row in work.exceptions.worst_unresolved(10)}) == ["A"]
    verified = verify_events(database, AllTenants(), advance=lambda _: None)
    assert (verified.exceptions, verified.broken) == (6, 0)
    with connect(limited) as login:
        assert isolation(login) is Isolation.ENFORCED


def test_what_is_due_goes_what_is_held_stays_and_a_tenant_is_purged(
    database: Database, limited: DatabaseUrl, tmp_path: Path
) -> None:
    told = Database(limited, context=replace(context("retention"), reason="test"))
    later = EPOCH + timedelta(days=100)
    store_records(database, *(record("LEFT", number, status=Status.RESOLVED) for number in range(1, 6)))
    hold = place_hold(told, "LEFT", "EX-000002", now=later).hold
    due = plan_retention(told, TenantScope("LEFT"), older_than=90, now=later, advance=lambda _: None)
    (done,) = run_retention(told, due, tmp_path, now=later, advance=lambda _: None).items
    assert (done.erased, due.items[0].held) == (4, 1)
    release_hold(told, hold)
    gone = purge_tenant(told, "LEFT", tmp_path, exports=True, now=later, advance=lambda _: None)
    assert {table.table: table.rows for table in gone.tables}["exception"] == 1
    assert verify_events(told, AllTenants(), advance=lambda _: None).broken == 0
    assert cut_journal(told, tmp_path, older_than=60, now=datetime.now(UTC)).entries == 0
    told.close()


def test_the_login_itself_sees_and_does_nothing_without_a_scope(database: Database, limited: DatabaseUrl) -> None:
    with connect(limited) as login:
        for statement in ("SELECT * FROM exception", "DELETE FROM exception", "SELECT * FROM operation"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                login.execute(statement)


def test_the_schema_is_exactly_the_one_that_is_shipped_on_every_server(database: Database) -> None:
    check = migration_check(database)
    assert check.drift == ()
    assert check.ok


def test_data_steps_see_every_tenants_rows_and_forgotten_ones_fail(
    database: Database, limited: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.begin(AllTenants()) as work:
        for tenant_id in ("C", "D"):
            if work.tenants.get(tenant_id) is None:
                work.tenants.add(tenant_id, name=tenant_id, domain="Finance")
    revisions = Revisions(tmp_path / "migrations")
    monkeypatch.setattr(migration_script, "bundled", lambda _: revisions.place)
    before = revisions.head
    revision = revisions.add(
        """
        op.execute("ALTER TABLE tenant ADD COLUMN note text")
        with all_rows("tenant"):
            op.execute("UPDATE tenant SET note = 'seen'")
        """,
        "op.execute('ALTER TABLE tenant DROP COLUMN note')",
        catalogue={"column": {"tenant.note": "text"}},
    )
    forgotten = revisions.add("op.execute(\"SET LOCAL row_security = off; UPDATE tenant SET note = 'no'\")")
    with pytest.raises(Refused, match="refused"):
        up(limited)
    with connect(limited) as login:
        assert schema_state(login) == (SchemaState.BEHIND, revision)
        login.execute("SET ROLE sentinai_operator")
        assert login.execute("SELECT count(*) FROM tenant WHERE note IS DISTINCT FROM 'seen'").fetchone() == (0,)
        forced = login.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'tenant'").fetchone()
        assert forced == (True,)
    assert forgotten > revision
    losses = revert_losses(database, revision, before)
    assert [(loss.table, loss.column) for loss in losses[revision]] == [("tenant", "note")]
    reverted = downgrade(database, target=before, losses=losses, say=quiet)
    (archive,) = reverted.archives
    assert archive.rows == losses[revision][0].rows >= 2
    with connect(limited) as login:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            login.execute(f"SELECT * FROM {archive.archive}")
        login.execute("SET ROLE sentinai_owner")
        kept = login.execute(f"SELECT DISTINCT note FROM {archive.archive} WHERE tenant_id IN ('C', 'D')").fetchall()
        assert kept == [("seen",)]
        login.execute("DROP SCHEMA sentinai_archive CASCADE")
    assert migration_check(database).drift == ()


def test_a_constraint_is_validated_over_every_tenants_rows(
    database: Database, limited: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.begin(AllTenants()) as work:
        if work.tenants.get("E") is None:
            work.tenants.add("E", name="E", domain="Finance")
    revisions = Revisions(tmp_path / "migrations")
    monkeypatch.setattr(migration_script, "bundled", lambda _: revisions.place)
    before = revisions.head
    revisions.add(
        """
        op.execute("ALTER TABLE tenant ADD CONSTRAINT ck_never CHECK (name <> 'E') NOT VALID")
        with all_rows("tenant"):
            op.execute("ALTER TABLE tenant VALIDATE CONSTRAINT ck_never")
        """
    )
    with pytest.raises(CheckFailed) as caught:
        up(limited)
    assert caught.value.code == "migration_failed"
    assert "ck_never" in (caught.value.why or "")
    with connect(limited) as login:
        assert schema_state(login) == (SchemaState.BEHIND, before)
    monkeypatch.undo()
    assert migration_check(database).ok


def test_isolation_is_proven_as_this_login_and_a_missing_wall_is_found(
    database: Database, limited: DatabaseUrl
) -> None:
    report = check_isolation(database, embedded=False, advance=lambda _: None)
    assert {check.check: check.evidence for check in report.items if check.state is not CheckState.OK} == {}
    with connect(limited) as login:
        login.execute("SET ROLE sentinai_owner; ALTER TABLE exception NO FORCE ROW LEVEL SECURITY")
    broken = check_isolation(database, embedded=False, only=["row_security"], advance=lambda _: None)
    (evidence,) = broken.items[0].evidence
    with connect(limited) as login:
        login.execute(f"SET ROLE sentinai_owner; {evidence.fix}")
    assert check_isolation(database, embedded=False, advance=lambda _: None).state is CheckState.OK


def test_records_are_ingested_and_changed_without_any_other_right(limited: DatabaseUrl) -> None:
    own = replace(limited, database="ingesting")
    with connect(limited) as login:
        login.execute("CREATE DATABASE ingesting")
        up(own)
        database = Database(own, context=context())
        make_tenant(database, TENANT)
        assert counts(take(database, [trade(1), trade(2)])) == (2, 0, 0, 0)
        assert counts(take(database, [trade(1, entity="E"), trade(2)], atomic=True)) == (0, 1, 1, 0)
        options: dict[str, Any] = {"create_tenant": True, "domain": "Trading", "atomic": True, "tenant_id": "NEW"}
        assert counts(take(database, [trade(1)], **options)) == (1, 0, 0, 0)
        assert_whole(database)
        database.close()
        login.execute("DROP DATABASE ingesting WITH (FORCE)")


def test_where_roles_cannot_be_made_the_sql_for_a_dba_is_named_and_suffices(
    database: Database, superuser: DatabaseUrl, limited: DatabaseUrl
) -> None:
    with connect(limited) as login:
        login.execute("CREATE ROLE nobody_much LOGIN CREATEDB PASSWORD 'words'")
    weak = replace(limited, user="nobody_much", database="weak")
    with connect(replace(weak, database="postgres")) as login:
        login.execute("CREATE DATABASE weak")
    refused = Database(weak, context=context())
    try:
        with pytest.raises(Refused) as caught:
            up(weak)
        assert caught.value.code == "roles_missing"
        assert 'GRANT "sentinai_owner" TO "nobody_much"' in (caught.value.why or "")
        assert caught.value.fix == "sentinai migrate --print-role-sql"
        with connect(replace(superuser, database="weak")) as dba:
            for statement in role_statements(refused):
                dba.execute(statement.encode())
        assert role_statements(refused) == []
        assert up(weak).applied == tuple(migration_script.revisions())
    finally:
        refused.close()
        with connect(replace(superuser, database="postgres")) as admin:
            admin.execute("DROP DATABASE weak")
            admin.execute("DROP ROLE nobody_much")
