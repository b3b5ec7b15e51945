"""Homes for servers, and the end of every server that a test started, whatever became of the test."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.embedded.account import Account, find_account
from sentinai_cli.models.database_url import DatabaseUrl
from tests.place import new_place

CLIENT = Path(__file__).with_name("client.py")
PROJECT = CLIENT.parents[2]

needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/proc/self").exists(), reason="only root on Linux can be several accounts and see"
)


def until(happened: Callable[[], object], *, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.005)


def connect(url: DatabaseUrl) -> psycopg.Connection:
    return psycopg.connect(**url.conninfo(), autocommit=True)  # type: ignore[arg-type]


def ask(url: DatabaseUrl, question: str) -> object:
    with connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def search_path(*first: Path) -> str:
    """A PYTHONPATH by which a client finds the project, whatever this process was given to find it."""
    return os.pathsep.join([*map(str, first), str(PROJECT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)


def client(home: Path, verb: str, *, account: str = "-", **environ: str) -> subprocess.Popen[str]:
    """A client in a process of its own."""
    return subprocess.Popen(
        [sys.executable, str(CLIENT), account, verb, str(home)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": search_path(), **environ},
    )


def answer(process: subprocess.Popen[str]) -> dict[str, object]:
    """What the client printed, once it has ended."""
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    told: dict[str, object] = json.loads(printed)
    return told


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith(("PG", "SENTINAI_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def account() -> Account:
    """The account that servers of this run are run by."""
    found = find_account(None, None)
    if found is None:
        pytest.skip("root has no account for PostgreSQL here, and a test does not make one")
    return found


@pytest.fixture
def place(account: Account) -> Iterator[Path]:
    """A directory of this test alone, that every account can enter."""
    with new_place() as place:
        yield place


@pytest.fixture(scope="session")
def shared(account: Account) -> Iterator[EmbeddedServer]:
    """A running server for tests that leave it as it is."""
    with new_place() as place:
        server = EmbeddedServer(place / "home")
        server.ensure()
        yield server


@pytest.fixture(scope="session")
def made(account: Account) -> Iterator[Path]:
    """A home with data and no server, to be copied: making data takes ten times as long."""
    with new_place() as place:
        server = EmbeddedServer(place / "home")
        server.ensure()
        server.stop()
        yield place / "home"


@pytest.fixture
def new(place: Path) -> EmbeddedServer:
    """A server that was never there."""
    return EmbeddedServer(place / "home")


@pytest.fixture
def server(place: Path, made: Path) -> EmbeddedServer:
    """A server that has data and does not run."""
    subprocess.run(["cp", "-a", made, place / "home"], check=True)
    return EmbeddedServer(place / "home")
