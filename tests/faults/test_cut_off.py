"""Wherever work is cut off, and by what: done again, it comes to what nobody disturbed."""

import random
import signal
from collections.abc import Callable
from itertools import product
from pathlib import Path
from subprocess import Popen
from typing import NamedTuple

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.faults.brittle import Brittle
from tests.faults.client import Client
from tests.faults.job import JOBS, Job
from tests.faults.proxy import Proxy, Way, proxy
from tests.faults.rounds import ROUNDS, rounds
from tests.faults.whole import assert_whole

pytestmark = pytest.mark.slow

DEADLINES = {"SENTINAI_ANSWER_TIMEOUT": "1", "SENTINAI_CONNECT_TIMEOUT": "3"}
UNREACHABLE = {"connection_lost", "database_unavailable"}


class Fault(NamedTuple):
    """What happens to the client, the server or the way between them, and the exit code that it must end in."""

    act: Callable[["Popen[str]", Brittle, Proxy], object]
    code: int = 5


FAULTS = {
    "the client is killed": Fault(lambda process, server, way: process.kill(), -signal.SIGKILL),
    "the server is killed": Fault(lambda process, server, way: server.kill()),
    "the server stands still": Fault(lambda process, server, way: server.freeze()),
    "the connection is reset": Fault(lambda process, server, way: way.cut()),
    "nothing passes": Fault(lambda process, server, way: way.hush(newcomers=True)),
    "nothing passes on this connection": Fault(lambda process, server, way: way.hush(newcomers=False)),
    "the client is told to end": Fault(lambda process, server, way: process.terminate(), 143),
    "the client is interrupted": Fault(lambda process, server, way: process.send_signal(signal.SIGINT), 130),
    "the client's terminal is closed": Fault(lambda process, server, way: process.send_signal(signal.SIGHUP), 129),
}
EVERY = list(product(FAULTS, JOBS))
SHORT = [(fault, JOBS[number % len(JOBS)]) for number, fault in enumerate(FAULTS)]


class Undisturbed(NamedTuple):
    """Where a job begins, what it comes to, and how many bytes go each way."""

    start: DatabaseUrl
    outcome: object
    passed: dict[Way, int]


Measured = Callable[[Job], Undisturbed]


@pytest.fixture(scope="module")
def measured(brittle: Brittle, brittle_template: DatabaseUrl, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """Each job without any fault, done once."""
    known: dict[str, Undisturbed] = {}

    def measure(job: Job) -> Undisturbed:
        if job.name not in known:
            start = brittle.make(template="template0" if job.empty else str(brittle_template.database))
            somebody = Client(tmp_path_factory.mktemp("undisturbed"), start)
            if job.before:
                assert somebody(*job.before).code == 0
            if job.files:
                job.files(somebody.place)
            with brittle.copy(start) as made, proxy(made) as way:
                ran = somebody.at(way.url(made))(*job.words)
                assert ran.code == 0, ran.err
                known[job.name] = Undisturbed(start, job.outcome(made), dict(way.passed))
        return known[job.name]

    return measure


def cut_off(client: Client, job: Job, way: Proxy, point: tuple[Way, int], fault: Fault, server: Brittle) -> None:
    """Begin the job and let the fault happen at this point; it ends cleanly, or is done."""
    with client.started(*job.words, "-q", "-o", "json") as process:
        way.at(*point, lambda: fault.act(process, server, way))
        ran = client.ended(process)
    assert way.happened
    assert ran.code in (0, fault.code), ran.err
    match ran.code:
        case 5:
            assert ran.failure["code"] in UNREACHABLE
            assert len(ran.err.splitlines()) == 1
        case 130:
            assert ran.err == "interrupted\n"
        case _:
            assert ran.err == ""


@pytest.mark.parametrize(
    ("fault", "job"),
    EVERY if ROUNDS > 1 else SHORT,
    ids=lambda given: given.name if isinstance(given, Job) else given,
)
@rounds()
def test_work_that_is_cut_off_at_a_random_byte_and_done_again_is_whole(
    chance: random.Random, fault: str, job: Job, brittle: Brittle, measured: Measured, tmp_path: Path
) -> None:
    undisturbed = measured(job)
    way_of_it = chance.choice(list(Way))
    point = way_of_it, chance.randrange(undisturbed.passed[way_of_it] * 49 // 50)  # not two runs have quite as many
    with brittle.copy(undisturbed.start) as url:
        client = Client(tmp_path, url, DEADLINES)
        if job.files:
            job.files(client.place)
        with proxy(url) as way:
            cut_off(client.at(way.url(url)), job, way, point, FAULTS[fault], brittle)
        brittle.start()
        again = client(*job.words)
        assert again.code == 0, again.err
        assert job.outcome(url) == undisturbed.outcome
        assert_whole(client, url)
