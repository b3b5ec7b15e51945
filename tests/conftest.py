"""One embedded server for the session, one migrated template, one fresh clone of it for each test that asks."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings
from psycopg import sql

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.exception import NewException
from sentinai_cli.models.operation_context import OperationContext
from sentinai_cli.models.scope import AllTenants, TenantScope
from tests.place import new_place

hypothesis_settings.register_profile("project", derandomize=True, deadline=None, database=None)
hypothesis_settings.load_profile("project")

_SURROUNDINGS = ("DATABASE_URL", "DB_", "SENTINAI_", "PG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
_TEMPLATE = "sentinai_template"

for _name in [name for name in os.environ if name.startswith(_SURROUNDINGS)]:
    del os.environ[_name]
os.environ["TERM"] = "xterm-256color"
signal.signal(signal.SIGINT, signal.default_int_handler)  # a run in the background ignores it, and so would children


def context(command: str = "test") -> OperationContext:
    """Who acts in a test."""
    return OperationContext(
        command=command,
        arguments={},
        actor="tester",
        reason=None,
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
        tool_version="0",
    )


def quiet(_: str) -> None:
    """Hear a note and forget it."""


@pytest.fixture(scope="session")
def server_home() -> Iterator[Path]:
    """A directory that the server's own account can reach, unlike pytest's private ones when run as root."""
    with new_place() as place:
        yield place / "home"


@pytest.fixture(scope="session")
def server(server_home: Path) -> Iterator[DatabaseUrl]:
    """The session's server; the URL is its superuser's."""
    embedded = EmbeddedServer(server_home)
    address = embedded.ensure()
    with connect(address) as admin:  # nothing here outlives the session, so nothing needs to reach the disk
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            admin.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        admin.execute("SELECT pg_reload_conf()")
    yield address
    embedded.stop()


@pytest.fixture(scope="session")
def template(server: DatabaseUrl) -> str:
    """A database that the product has migrated, and that nobody may enter any more."""
    with connect(server) as admin:
        admin.execute(f"CREATE DATABASE {_TEMPLATE}")
    database = Database(replace(server, database=_TEMPLATE), context=context())
    upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
    database.close()
    with connect(server) as admin:
        admin.execute(f"ALTER DATABASE {_TEMPLATE} ALLOW_CONNECTIONS false")
    return _TEMPLATE


@contextmanager
def fresh_database(server: DatabaseUrl, template: str) -> Iterator[DatabaseUrl]:
    """A database of its own, cloned from a template."""
    name = f"test_{uuid4().hex}"
    with connect(server) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")  # twice as fast
        yield replace(server, database=name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_url(server: DatabaseUrl, template: str) -> Iterator[DatabaseUrl]:
    """A database without any table, on a server that has our roles, whatever ran before."""
    with fresh_database(server, "template1") as made:
        yield made


@pytest.fixture
def url(server: DatabaseUrl, template: str) -> Iterator[DatabaseUrl]:
    """A migrated, empty database, as its superuser."""
    with fresh_database(server, template) as made:
        yield made


@pytest.fixture
def database(url: DatabaseUrl) -> Iterator[Database]:
    """A migrated, empty database, as services get it."""
    opened = Database(url, context=context())
    yield opened
    opened.close()


@pytest.fixture
def store(database: Database) -> Callable[..., int]:
    """`store_records` into the test's database."""
    return partial(store_records, database)


def store_records(database: Database, *records: NewException) -> int:
    """Store exceptions, creating the tenants that they belong to; how many were inserted."""
    inserted = 0
    for tenant_id in sorted({record.tenant_id for record in records}):
        with database.begin(AllTenants()) as work:
            if work.tenants.get(tenant_id) is None:
                work.tenants.add(tenant_id, name=tenant_id, domain="Finance")
        with database.begin(TenantScope(tenant_id)) as work:
            own = [record for record in records if record.tenant_id == tenant_id]
            inserted += work.exceptions.load(tenant_id, own)
    return inserted


def connect(url: DatabaseUrl) -> psycopg.Connection:
    """A bare autocommit connection of the superuser's."""
    return psycopg.connect(**url.conninfo(), autocommit=True)  # type: ignore[arg-type]
