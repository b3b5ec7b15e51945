"""Databases that several tests share: one each module, and one that the demo has filled, to be cloned."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.seed import SeedRequest
from sentinai_cli.services.seed import seed
from tests.conftest import connect, context, fresh_database, quiet

AS_OF = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)
_SAMPLES = "sentinai_samples"


def request(
    *tenant_ids: str,
    count: int | None = None,
    as_of: datetime | None = None,
    number: int = 1,
    domain: str | None = None,
    scenario: str = "default",
) -> SeedRequest:
    """What to seed; nobody named is everybody in the scenario."""
    return SeedRequest(scenario=scenario, seed=number, tenant_ids=tenant_ids, count=count, domain=domain, as_of=as_of)


def ignore(_: int) -> None:
    """Hear of progress and forget it."""


@pytest.fixture(scope="module")
def shared(server: DatabaseUrl, template: str) -> Iterator[Database]:
    """A migrated database for a module's tests that change nothing, or nothing that another reads."""
    with fresh_database(server, template) as made:
        opened = Database(made, context=context())
        yield opened
        opened.close()


@pytest.fixture
def empty(empty_url: DatabaseUrl) -> Iterator[Database]:
    """A database without any table, as services get it."""
    opened = Database(empty_url, context=context())
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def samples(server: DatabaseUrl, template: str) -> str:
    """A database with both sample tenants as seeding leaves them, to be cloned."""
    with connect(server) as admin:
        admin.execute(f"CREATE DATABASE {_SAMPLES} TEMPLATE {template}")
    database = Database(replace(server, database=_SAMPLES), context=context("seed"))
    seed(database, request(as_of=AS_OF), embedded=False, now=AS_OF, say=quiet, advance=ignore)
    database.close()
    return _SAMPLES


@pytest.fixture
def seeded_database(server: DatabaseUrl, samples: str) -> Iterator[Database]:
    """A clone of the samples."""
    with fresh_database(server, samples) as made:
        opened = Database(made, context=context())
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def untouched(server: DatabaseUrl, samples: str) -> Iterator[Database]:
    """A clone of the samples that a module's tests only read."""
    with fresh_database(server, samples) as made:
        opened = Database(made, context=context())
        yield opened
        opened.close()
