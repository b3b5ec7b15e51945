"""Commands that read end on a signal, or when their reader leaves, without a word too many."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from itertools import product

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE
from tests.conftest import fresh_database
from tests.faults.client import TOP, Client
from tests.faults.proxy import Proxy, Way
from tests.faults.rounds import ROUNDS
from tests.faults.whole import assert_nothing_left

pytestmark = pytest.mark.slow

CODES = {signal.SIGTERM: 143, signal.SIGINT: 130, signal.SIGHUP: 129}
READING = {
    "list": ["exceptions", "list", "--all"],
    "export": ["exceptions", "export", "-o", "jsonl"],
    "events": ["events", "export"],
    "tail": ["events", "tail", "--follow"],
    "verify": ["events", "verify", "--all-tenants", "--workers", "2"],
}
EVERY = list(product(CODES, READING))
SHORT = [(list(CODES)[number % 3], name) for number, name in enumerate(READING)]


@pytest.fixture(scope="module")
def url(server: DatabaseUrl, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseUrl]:
    """A seeded database that nobody changes."""
    with fresh_database(server, template) as made:
        somebody = Client(tmp_path_factory.mktemp("seeding"), made)
        ran = somebody("seed", "--tenant", FINANCE, "--as-of", AS_OF, "--count", "1500", "-q")
        assert ran.code == 0, ran.err
        yield made


@pytest.mark.parametrize(("number", "name"), EVERY if ROUNDS > 1 else SHORT)
def test_a_signal_in_the_middle_of_reading_ends_it_with_its_own_code(
    number: signal.Signals, name: str, client: Client, url: DatabaseUrl, way: Proxy
) -> None:
    with client.at(way.url(url)).started(*READING[name], "-q") as process:
        if name == "tail":
            way.on(Way.SENT, b"COMMIT", lambda: process.send_signal(number), times=2)
        else:
            way.at(Way.RECEIVED, 20_000, lambda: process.send_signal(number))
        ran = client.ended(process)
    assert ran.code == CODES[number]
    assert ran.err == ("interrupted\n" if number == signal.SIGINT else "")
    assert_nothing_left(client, url)


def test_a_signal_is_answered_also_while_the_server_is_silent(client: Client, url: DatabaseUrl, way: Proxy) -> None:
    """The driver asks the server to cancel, for five seconds, and waits five more for the answer."""
    with client.at(way.url(url)).started(*READING["list"], "-q") as process:

        def fall_silent() -> None:
            way.hush(newcomers=True)
            process.terminate()

        way.at(Way.RECEIVED, 20_000, fall_silent)
        ran = client.ended(process, patience=25)
    assert (ran.code, ran.err) == (143, "")
    way.end()
    assert_nothing_left(client, url)


def test_an_interrupt_before_there_is_anything_to_unwind_ends_it_at_once() -> None:
    program = """
import os, signal, sys
class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == "sentinai_cli.cli.run":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
from sentinai_cli.cli.main import main
main()
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, "status"], capture_output=True, cwd=TOP, timeout=60, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (-signal.SIGINT, b"", b"")


def test_what_the_caller_ignores_stays_ignored(client: Client) -> None:
    """As after `nohup`, when the terminal is closed."""
    with client.started("events", "export", "-q", ignoring="HUP") as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGHUP)
        assert client.ended(process).code == 0


@pytest.mark.parametrize("name", ["list", "export", "events"])
def test_a_reader_that_takes_one_line_of_many_and_leaves_is_no_error(
    name: str, client: Client, url: DatabaseUrl
) -> None:
    with client.started(*READING[name], "-q") as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        ran = client.ended(process)
    assert (ran.code, ran.err) == (0, "")
    assert_nothing_left(client, url)
