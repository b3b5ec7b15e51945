"""When it cannot be known whether a commit was done, doing the work again is right either way."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from uuid import UUID

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE
from tests.conftest import connect
from tests.faults.brittle import Brittle
from tests.faults.client import Client
from tests.faults.proxy import Proxy, Way, proxy
from tests.faults.rounds import ROUNDS
from tests.faults.whole import assert_whole

pytestmark = pytest.mark.slow

EVENT = str(UUID(int=1, version=4))
SEEDING = f"seed --tenant {FINANCE} --as-of {AS_OF} --count"
JOBS = {
    "append": f"events append FIRST --type CommentAdded --payload {{}} --event-id {EVENT} --tenant {FINANCE}",
    "assign": f"exceptions assign FIRST --to ada --tenant {FINANCE}",
    "seed": f"{SEEDING} 80",
}
CHANGE = {"append": b"INSERT INTO operation", "assign": b"INSERT INTO operation", "seed": b"COPY exception "}
"""What goes by in the transaction whose end is meant."""
COMMIT = b"COMMIT\0"
FAULTS: dict[str, Callable[[Proxy, Brittle], None]] = {
    "the answer is lost with the connection": lambda way, server: way.on(Way.RECEIVED, COMMIT, way.cut, keep=False),
    "the server is killed as it hears of it": lambda way, server: way.on(Way.SENT, b"COMMIT", server.kill),
    "the server is killed before it hears of it": lambda way, server: way.on(
        Way.SENT, b"COMMIT", server.kill, keep=False
    ),
}
EVERY = list(product(FAULTS, JOBS))
SHORT = list(zip(FAULTS, JOBS, strict=True))
TOLD = """
    SELECT exception_id, owner, last_event_no,
        (SELECT array_agg(event_type ORDER BY event_no) FROM exception_event AS e
         WHERE e.exception_id = exception.exception_id)
    FROM exception ORDER BY exception_id
"""


@pytest.fixture(scope="module")
def seeded(brittle: Brittle, brittle_template: DatabaseUrl, tmp_path_factory: pytest.TempPathFactory) -> DatabaseUrl:
    url = brittle.make(template=str(brittle_template.database))
    ran = Client(tmp_path_factory.mktemp("seeded"), url)(*SEEDING.split(), "40")
    assert ran.code == 0, ran.err
    return url


def state(url: DatabaseUrl) -> list[tuple[object, ...]]:
    with connect(url) as admin:
        return admin.execute(TOLD).fetchall()


@pytest.mark.parametrize(("fault", "job"), EVERY if ROUNDS > 1 else SHORT)
def test_a_commit_that_was_not_answered_and_is_repeated_is_done_once(
    fault: str, job: str, brittle: Brittle, seeded: DatabaseUrl, tmp_path: Path
) -> None:
    first = state(seeded)[0][0]
    known = {"FIRST": first, "{}": '{"text": "once"}'}
    words = [str(known.get(word, word)) for word in JOBS[job].split()]
    with brittle.copy(seeded) as undisturbed:
        assert Client(tmp_path, undisturbed)(*words).code == 0
        wanted = state(undisturbed)
    with brittle.copy(seeded) as url:
        client = Client(tmp_path, url, {"SENTINAI_CONNECT_TIMEOUT": "3"})
        with proxy(url) as way:
            way.on(Way.SENT, CHANGE[job], lambda: FAULTS[fault](way, brittle))
            ran = client.at(way.url(url))(*words, "-q", "-o", "json")
        brittle.start()
        if ran.code == 0:  # the server was quick enough to answer: then it must be there
            assert fault == "the server is killed as it hears of it"
            assert state(url) == wanted
        else:
            assert (ran.code, ran.failure["code"]) == (5, "connection_lost")
        ran = client(*words)
        assert ran.code == 0, ran.err
        assert state(url) == wanted
        assert_whole(client, url)
