"""On a database that takes no changes, reading works and changing is refused in plain words."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import sql

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE
from tests.commands.operator import Operator
from tests.conftest import connect
from tests.faults.brittle import Brittle
from tests.faults.client import Client
from tests.faults.standby import standby_of
from tests.faults.whole import digest
from tests.place import new_place

pytestmark = pytest.mark.slow

READING = [
    ["status"],
    ["tenants", "list"],
    ["tenants", "show", FINANCE],
    ["exceptions", "list", "--all"],
    ["exceptions", "stats"],
    ["exceptions", "export", "-o", "jsonl"],
    ["exceptions", "why", "{exception}"],
    ["exceptions", "show", "{exception}"],
    ["events", "list"],
    ["events", "tail"],
    ["events", "export"],
    ["events", "verify", "--all-tenants", "--fold"],
    ["packs", "list"],
    ["seed", "runs"],
    ["seed", "verify", "{run}"],
    ["operations", "list"],
    ["migrate", "status"],
    ["migrate", "check"],
    ["migrate", "plan"],
    ["db", "wait"],
]
CHANGING = [
    ["tenants", "create", "TENANT_NEW", "--domain", "Finance"],
    ["exceptions", "assign", "{exception}", "--to", "ada", "--tenant", FINANCE],
    ["exceptions", "comment", "{exception}", "--text", "no", "--tenant", FINANCE],
    ["events", "append", "{exception}", "--type", "CommentAdded", "--payload", '{"text": "no"}', "--tenant", FINANCE],
    ["events", "seal", "--all-tenants"],
    ["seed", "--tenant", FINANCE, "--seed", "9"],
    ["seed", "reset", "--tenant", FINANCE, "--confirm", FINANCE],
    ["packs", "activate", "domain:Finance@1", "--tenant", FINANCE, "--yes"],
    ["tools", "disable", "getOrder", "--tenant", FINANCE],
    ["db", "environment", "set", "staging"],
]


@pytest.fixture(scope="module")
def primary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Brittle, DatabaseUrl]]:
    """A server with a seeded database."""
    with new_place() as place:
        server = Brittle(place / "home")
        url = server.make_migrated()
        ran = Client(tmp_path_factory.mktemp("primary"), url)("seed", "--tenant", FINANCE, "--as-of", AS_OF)
        assert ran.code == 0, ran.err
        yield server, url
        server.stop()


@pytest.fixture(scope="module")
def standby(primary: tuple[Brittle, DatabaseUrl]) -> Iterator[DatabaseUrl]:
    """The same database on a hot standby."""
    server, url = primary
    with standby_of(server) as made:
        there = replace(made.start(), database=url.database)
        with connect(there) as admin:
            assert admin.execute("SELECT pg_is_in_recovery()").fetchone() == (True,)
        yield there


@pytest.fixture
def reader(standby: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operator:
    return Operator(monkeypatch, tmp_path, {"SENTINAI_HOME": str(tmp_path / "home")}).at(standby)


@pytest.fixture(scope="module")
def exception(primary: tuple[Brittle, DatabaseUrl]) -> str:
    """One that is open."""
    with connect(primary[1]) as admin:
        row = admin.execute("SELECT exception_id FROM exception WHERE status = 'open' ORDER BY 1").fetchone()
    assert row is not None
    return str(row[0])


def test_everything_that_reads_reads_a_standby(reader: Operator, exception: str) -> None:
    told = {}
    for words in READING:
        ran = reader(*(word.format(exception=exception, run=exception[:12]) for word in words), "-q")
        if ran.code != 0 or not ran.out:
            told[" ".join(words)] = (ran.code, ran.err)
    assert told == {}


def test_everything_that_changes_is_refused_by_a_standby(
    reader: Operator, exception: str, primary: tuple[Brittle, DatabaseUrl]
) -> None:
    before, told = digest(primary[1]), {}
    for words in CHANGING:
        ran = reader(*(exception if word == "{exception}" else word for word in words), "-q", "-o", "json")
        if (ran.code, ran.failure["code"]) != (7, "database_read_only"):
            told[" ".join(words)] = (ran.code, ran.err)
    assert told == {}
    assert digest(primary[1]) == before


def test_a_database_that_is_set_to_read_only_refuses_changes_and_can_be_read(client: Client, url: DatabaseUrl) -> None:
    with connect(url) as admin:
        name = sql.Identifier(str(url.database))
        admin.execute(sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name))
    ran = client("tenants", "create", "TENANT_NEW", "--domain", "Finance", "-q", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (7, "database_read_only")
    assert client("tenants", "list").code == 0
