"""Operators in front of databases: an empty one, a migrated one, a seeded one to read and seeded ones to change."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.operator import Operator
from tests.conftest import connect, fresh_database

AS_OF = "2026-11-20T03:00:00Z"
FINANCE, HEALTHCARE = "TENANT_FINANCE_001", "TENANT_HEALTHCARE_042"


def _operator(monkeypatch: pytest.MonkeyPatch, place: Path) -> Operator:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place / "no-config"))
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Operator(monkeypatch, place, {"SENTINAI_HOME": str(place / "never-made")})


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Operator]:
    """Nothing is configured, and the embedded server of this operator is not there."""
    yield _operator(monkeypatch, tmp_path)
    monkeypatch.undo()


@pytest.fixture(scope="session")
def seeded_template(server: DatabaseUrl, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with both sample tenants, 50 exceptions each."""
    with fresh_database(server, template) as made, pytest.MonkeyPatch.context() as patch:
        ran = _operator(patch, tmp_path_factory.mktemp("seeding")).at(made)("seed", "--as-of", AS_OF)
        patch.undo()
        assert ran.code == 0, ran.err
        assert made.database is not None
        yield made.database


@pytest.fixture(scope="session")
def reading_url(server: DatabaseUrl, seeded_template: str) -> Iterator[DatabaseUrl]:
    """The seeded database that nobody changes, with a legal hold to look at."""
    with fresh_database(server, seeded_template) as made:
        with connect(made) as admin:
            admin.execute(
                "INSERT INTO legal_hold (tenant_id, hold_id, exception_id, reason, placed_by)"
                " VALUES (%s, gen_random_uuid(), 'ANY', 'case 4711', 'ada')",
                [FINANCE],
            )
        yield made


@pytest.fixture
def reader(operator: Operator, reading_url: DatabaseUrl) -> Operator:
    """Somebody who only looks, at the seeded database, at one moment, so that ages stay the same."""
    return replace(operator.at(reading_url), now=datetime.fromisoformat(AS_OF))


@pytest.fixture(scope="session")
def bare_url(server: DatabaseUrl, template: str) -> Iterator[DatabaseUrl]:
    """The migrated database that nobody changes."""
    with fresh_database(server, template) as made:
        yield made


@pytest.fixture
def bare(operator: Operator, bare_url: DatabaseUrl) -> Operator:
    """Somebody whose every try at a database with nothing in it fails."""
    return operator.at(bare_url)


@pytest.fixture
def seeded_url(server: DatabaseUrl, seeded_template: str) -> Iterator[DatabaseUrl]:
    """A seeded database of the test's own."""
    with fresh_database(server, seeded_template) as made:
        yield made


@pytest.fixture
def seeded(operator: Operator, seeded_url: DatabaseUrl) -> Operator:
    """Somebody with a seeded database to change."""
    return operator.at(seeded_url)


@pytest.fixture
def migrated(operator: Operator, url: DatabaseUrl) -> Operator:
    """Somebody with the schema and nothing in it."""
    return operator.at(url)


@pytest.fixture
def empty(operator: Operator, empty_url: DatabaseUrl) -> Operator:
    """Somebody with a database that has no tables."""
    return operator.at(empty_url)
