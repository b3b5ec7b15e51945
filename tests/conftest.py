"""One embedded server for the session, one migrated template, one fresh clone of it for each test that asks."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from hypothesis import settings as hypothesis_settings

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.operation import OperationContext

hypothesis_settings.register_profile("project", derandomize=True, deadline=None, database=None)
hypothesis_settings.load_profile("project")

_SURROUNDINGS = ("DATABASE_URL", "DB_", "SENTINAI_", "PG")
_TEMPLATE = "sentinai_template"

for _name in [name for name in os.environ if name.startswith(_SURROUNDINGS)]:
    del os.environ[_name]


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


@pytest.fixture(scope="session")
def server_home() -> Iterator[Path]:
    """A directory that the server's own account can reach, unlike pytest's private ones when run as root."""
    place = Path(tempfile.mkdtemp(prefix="sentinai-test-", dir="/tmp"))
    place.chmod(0o755)
    yield place / "home"
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def server(server_home: Path) -> Iterator[DatabaseUrl]:
    """The session's server; the URL is its superuser's."""
    embedded = EmbeddedServer(server_home)
    yield embedded.ensure()
    embedded.stop()


@pytest.fixture(scope="session")
def template(server: DatabaseUrl) -> str:
    """A database that the product has migrated, and that nobody may enter any more."""
    with connect(server) as admin:
        admin.execute(f"CREATE DATABASE {_TEMPLATE}")
    database = Database(replace(server, database=_TEMPLATE), context=context())
    upgrade(database, say=str, environment=Environment.DEVELOPMENT)
    database.close()
    with connect(server) as admin:
        admin.execute(f"ALTER DATABASE {_TEMPLATE} ALLOW_CONNECTIONS false")
    return _TEMPLATE


@pytest.fixture
def make_database(server: DatabaseUrl) -> Iterator[Callable[[str], DatabaseUrl]]:
    """Make fresh databases from a template; they go with the test."""
    made: list[str] = []

    def make(template: str) -> DatabaseUrl:
        name = f"test_{uuid4().hex}"
        with connect(server) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        made.append(name)
        return replace(server, database=name)

    yield make
    with connect(server) as admin:
        for name in made:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_url(make_database: Callable[[str], DatabaseUrl]) -> DatabaseUrl:
    """A database without any table."""
    return make_database("template1")


@pytest.fixture
def url(make_database: Callable[[str], DatabaseUrl], template: str) -> DatabaseUrl:
    """A migrated, empty database, as its superuser."""
    return make_database(template)


@pytest.fixture
def database(url: DatabaseUrl) -> Iterator[Database]:
    """A migrated, empty database, as services get it."""
    opened = Database(url, context=context())
    yield opened
    opened.close()


def connect(url: DatabaseUrl) -> psycopg.Connection:
    """A bare autocommit connection of the superuser's."""
    return psycopg.connect(**url.conninfo(), autocommit=True)  # type: ignore[arg-type]
