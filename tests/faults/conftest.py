"""Clients, proxies and servers that may come to harm."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.faults.client import Client
from tests.faults.proxy import Proxy, proxy


@pytest.fixture
def client(tmp_path: Path, url: DatabaseUrl) -> Client:
    """Somebody with a migrated, empty database."""
    return Client(tmp_path, url)


@pytest.fixture
def way(url: DatabaseUrl) -> Iterator[Proxy]:
    """The way to the test's server."""
    with proxy(url) as made:
        yield made
