"""Clients, ways and servers that may come to harm."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.faults.brittle import Brittle
from tests.faults.client import Client
from tests.faults.proxy import Proxy, proxy
from tests.place import new_place


@pytest.fixture
def client(tmp_path: Path, url: DatabaseUrl) -> Client:
    """Somebody with a migrated, empty database."""
    return Client(tmp_path, url)


@pytest.fixture
def way(url: DatabaseUrl) -> Iterator[Proxy]:
    """The way to the test's database."""
    with proxy(url) as made:
        yield made


@pytest.fixture(scope="session")
def brittle() -> Iterator[Brittle]:
    """A server that tests may kill; it runs when a test begins."""
    with new_place() as place:
        made = Brittle(place / "home")
        made.start()
        yield made
        made.stop()


@pytest.fixture(scope="session")
def brittle_template(brittle: Brittle) -> DatabaseUrl:
    """A migrated database in it, to be copied."""
    return brittle.make_migrated()
