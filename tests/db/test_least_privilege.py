"""Everything works for a login that is no superuser and may only make roles and databases, on old and new servers."""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from sentinai_cli.db import migrate
from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.isolation import isolation
from sentinai_cli.errors import Refused
from sentinai_cli.models.database import Environment, Isolation, MigrationResult
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event import verify_events
from tests.conftest import connect, context, quiet
from tests.db.catalogue import snapshot
from tests.db.records import record

INSTALLED = [place for place in sorted(Path("/usr/lib/postgresql").glob("*/bin")) if (place / "initdb").exists()]


def _servers() -> list[object]:
    other = [pytest.param(place, id=f"PostgreSQL {place.parent.name}") for place in INSTALLED]
    none = pytest.param(Path(), id="another PostgreSQL", marks=pytest.mark.skip("no other PostgreSQL is installed"))
    return [pytest.param(None, id="embedded"), *(other or [none])]


@pytest.fixture(scope="module", params=_servers())
def limited(request: pytest.FixtureRequest) -> Iterator[DatabaseUrl]:
    """A database of a login that has only CREATEROLE and CREATEDB, on a server that knows none of our roles."""
    place = Path(tempfile.mkdtemp(prefix="sentinai-test-", dir="/tmp"))
    place.chmod(0o755)
    server = EmbeddedServer(place / "home", pg_bin=request.param)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, place, ignore_errors=True)
        admin_url = server.ensure()
        stack.callback(server.stop)
        with connect(admin_url) as admin:
            admin.execute("CREATE ROLE platform LOGIN CREATEROLE CREATEDB PASSWORD 'words'")
        url = replace(admin_url, user="platform", password="words", database="postgres")
        with connect(url) as login:
            login.execute("CREATE DATABASE platform")
        yield replace(url, database="platform")


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
        assert [row.tenant_id for row in work.exceptions.rows_by_tenant()] == ["A"]
    verified = verify_events(database, AllTenants(), advance=lambda _: None)
    assert (verified.exceptions, verified.broken) == (6, 0)
    with connect(limited) as login:
        assert isolation(login) is Isolation.ENFORCED


def test_the_login_itself_sees_and_does_nothing_without_a_scope(database: Database, limited: DatabaseUrl) -> None:
    with connect(limited) as login:
        for statement in ("SELECT * FROM exception", "DELETE FROM exception", "SELECT * FROM operation"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                login.execute(statement)


def test_the_schema_is_the_same_as_the_superusers(database: Database, limited: DatabaseUrl, url: DatabaseUrl) -> None:
    kinds = ("column", "index", "policy", "trigger")
    with connect(limited) as login, connect(url) as admin:
        ours, theirs = ([line for line in snapshot(one) if line.startswith(kinds)] for one in (login, admin))
    assert ours == theirs


def test_where_roles_cannot_be_made_the_sql_for_a_dba_is_named(database: Database, limited: DatabaseUrl) -> None:
    with connect(limited) as login:
        login.execute("CREATE ROLE nobody_much LOGIN CREATEDB PASSWORD 'words'")
    weak = replace(limited, user="nobody_much", database="postgres")
    with connect(weak) as login:
        login.execute("CREATE DATABASE weak")
    try:
        with pytest.raises(Refused) as caught:
            up(replace(weak, database="weak"))
        assert caught.value.code == "roles_missing"
        assert 'GRANT "sentinai_owner" TO "nobody_much"' in (caught.value.why or "")
    finally:
        with connect(weak) as login:
            login.execute("DROP DATABASE weak")
        with connect(limited) as login:
            login.execute("DROP ROLE nobody_much")
