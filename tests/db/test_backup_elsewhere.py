"""Backups travel between servers: to another one, to a newer PostgreSQL, and by logins that are no superusers."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.db.migration_archive import make_archive
from sentinai_cli.errors import NotFound, Refused
from sentinai_cli.models.backup import BackupManifest
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event import verify_events
from tests.conftest import connect, context, quiet, store_records
from tests.db.records import record
from tests.db.test_least_privilege import INSTALLED
from tests.place import new_place
from tests.services.conftest import ignore
from tests.services.pooler import needs_pgbouncer, pooled
from tests.services.test_backup import CHANGED, back_up, databases, put_back

older = pytest.mark.skipif(not INSTALLED, reason="no other PostgreSQL is installed")
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@contextmanager
def another_server(pg_bin: Path | None = None) -> Iterator[DatabaseUrl]:
    with new_place() as place:
        yield EmbeddedServer(place / "home", pg_bin=pg_bin).ensure()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[DatabaseUrl]:
    """A server that knows none of our roles."""
    with another_server() as url:
        yield url


@pytest.fixture(scope="module")
def old_server() -> Iterator[DatabaseUrl]:
    """A server of the oldest other PostgreSQL that is installed."""
    with another_server(INSTALLED[0]) as url:
        yield url


def opened(url: DatabaseUrl) -> Database:
    return Database(url, context=context())


def migrated(url: DatabaseUrl) -> Database:
    database = opened(url)
    upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
    return database


def same_rows(manifest: BackupManifest, other: BackupManifest) -> None:
    """Every table but those that a backup and a restore write themselves."""
    first, second = (
        {table.table: table for table in one.tables if table.table not in CHANGED} for one in (manifest, other)
    )
    assert first == second


def test_a_backup_is_restored_into_another_server_row_for_row(
    database: Database, store: Callable[..., int], elsewhere: DatabaseUrl, tmp_path: Path
) -> None:
    store(record("A", 1), record("B", 2))
    first = back_up(database, tmp_path / "first")
    there = opened(replace(elsewhere, database="arrived"))
    result = put_back(there, tmp_path / "first")
    assert (result.events_broken, result.drift) == (0, 0)
    assert verify_events(there, AllTenants(), advance=ignore).exceptions == 2
    same_rows(first, back_up(there, tmp_path / "second"))
    with there.begin(TenantScope("A")) as work:
        assert sorted({row.tenant_id for row in work.exceptions.worst_unresolved(10)}) == ["A"]
    there.close()


@older
def test_a_backup_of_an_older_server_is_restored_into_a_newer_row_for_row(
    old_server: DatabaseUrl, url: DatabaseUrl, tmp_path: Path
) -> None:
    old = migrated(replace(old_server, database="sentinai"))
    store_records(old, record("A", 1, raw_payload={"é": [1.5, None, "a\tb\\n\n"], "big": 9007199254740991}))
    first = back_up(old, tmp_path / "first")
    old.close()
    new = opened(url)
    result = put_back(new, tmp_path / "first")
    assert (result.events_broken, result.drift) == (0, 0)
    second = back_up(new, tmp_path / "second")
    same_rows(first, second)
    assert first.server_major < second.server_major
    new.close()


@older
def test_a_backup_of_a_newer_server_is_refused_by_an_older(
    database: Database, old_server: DatabaseUrl, tmp_path: Path
) -> None:
    back_up(database, tmp_path / "first")
    before = databases(old_server)
    with pytest.raises(Refused) as caught:
        put_back(opened(replace(old_server, database="too_new")), tmp_path / "first")
    assert caught.value.code == "server_too_old"
    assert databases(old_server) == before


@pytest.mark.slow
@older
@needs_pgbouncer
@needs_openssl
def test_a_server_that_speaks_tls_is_backed_up_by_the_systems_pg_dump(old_server: DatabaseUrl, tmp_path: Path) -> None:
    with pooled(replace(old_server, database="sentinai"), mode="session", size=5, tls=True) as address:
        database = migrated(address)
        manifest = back_up(database, tmp_path / "first")
        assert manifest.dumped_by_major == manifest.server_major
        assert put_back(database, tmp_path / "first", disconnect=True).events_broken == 0
        database.close()


@pytest.mark.slow
@needs_pgbouncer
@needs_openssl
def test_a_server_that_speaks_tls_without_a_pg_dump_that_does_names_the_package(
    url: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sentinai_cli.db.client_program.SYSTEM_PLACES", ())
    with pooled(url, mode="session", size=5, tls=True) as address:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(NotFound) as caught:
            back_up(opened(address), tmp_path / "first")
    assert caught.value.code == "program_not_found"
    assert "TLS" in caught.value.what
    assert (caught.value.fix or "").startswith("apt-get install postgresql-client-")


def _servers() -> list[object]:
    other = [pytest.param(place, id=place.parent.name, marks=pytest.mark.slow) for place in INSTALLED[:1]]
    return [pytest.param(None, id="embedded"), *other]


@pytest.fixture(params=_servers())
def limited(request: pytest.FixtureRequest) -> Iterator[tuple[DatabaseUrl, DatabaseUrl]]:
    """A database of a login that has only CREATEROLE and CREATEDB, and the server's superuser."""
    with another_server(request.param) as admin_url:
        with connect(admin_url) as admin:
            admin.execute("CREATE ROLE platform LOGIN CREATEROLE CREATEDB PASSWORD 'words'")
        url = replace(admin_url, user="platform", password="words", database="postgres")
        with connect(url) as login:
            login.execute("CREATE DATABASE platform")
        yield replace(url, database="platform"), admin_url


def test_a_login_that_may_not_read_all_is_told_the_grant_that_lets_it(
    limited: tuple[DatabaseUrl, DatabaseUrl], tmp_path: Path
) -> None:
    url, admin_url = limited
    database = migrated(url)
    store_records(database, record("A", 1), record("B", 1))
    with pytest.raises(Refused) as caught:
        back_up(database, tmp_path / "first")
    assert caught.value.code == "backup_not_permitted"
    assert list(tmp_path.iterdir()) == []
    grant = (caught.value.why or "").partition("must run once: ")[2]
    with connect(admin_url) as admin:
        admin.execute(grant)
    with connect(url) as login:
        make_archive(login)
        login.execute("SET ROLE sentinai_owner; CREATE TABLE sentinai_archive.lost AS SELECT 1 AS id; RESET ROLE")
    with pytest.raises(Refused) as caught:
        back_up(database, tmp_path / "first")
    grant = (caught.value.why or "").partition("must run once: ")[2]
    assert "sentinai_archive" in grant
    with connect(replace(admin_url, database="platform")) as admin:
        admin.execute(grant)
    manifest = back_up(database, tmp_path / "first")
    assert {table.table: table.rows for table in manifest.tables}["exception"] == 2
    result = put_back(database, tmp_path / "first")
    assert (result.events, result.events_broken, result.drift) == (4, 0, 0)
    same_rows(manifest, back_up(database, tmp_path / "second"))
    with connect(url) as login:
        assert login.execute("SELECT current_user").fetchone() == ("platform",)
    database.close()


@pytest.mark.parametrize(
    ("rights", "name", "code", "statement"),
    [
        ("NOCREATEDB", None, "createdb_missing", 'ALTER ROLE "reader" CREATEDB;'),
        ("CREATEDB", "url", "not_the_owner", 'OWNER TO "reader";'),
    ],
)
def test_a_login_that_lacks_a_right_is_told_so_before_anything_is_made(
    database: Database,
    server: DatabaseUrl,
    url: DatabaseUrl,
    tmp_path: Path,
    rights: str,
    name: str | None,
    code: str,
    statement: str,
) -> None:
    back_up(database, tmp_path / "first")
    before = databases(server)
    with connect(server) as admin:
        admin.execute(f"CREATE ROLE reader LOGIN {rights} PASSWORD 'words'")
        admin.execute("GRANT sentinai_operator TO reader WITH SET TRUE")
    target = replace(url, user="reader", password="words", database=url.database if name else "arrived")
    try:
        with closing(opened(target)) as limited, pytest.raises(Refused) as caught:
            put_back(limited, tmp_path / "first")
        assert caught.value.code == code
        assert statement in (caught.value.why or "")
        assert databases(server) == before
    finally:
        with connect(server) as admin:
            admin.execute("DROP ROLE reader")
