"""A client that is killed wherever it stands, and run again, leaves what an undisturbed one leaves."""

import random
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE
from tests.conftest import connect, fresh_database
from tests.faults.client import Client, died
from tests.faults.proxy import Proxy, Way, proxy
from tests.faults.rounds import rounds
from tests.faults.whole import Digest, assert_whole, digest

pytestmark = pytest.mark.slow

COUNT = 4200
SEEDING = ["seed", "--tenant", FINANCE, "--count", str(COUNT), "--as-of", AS_OF]
WAYS = {"straight": [], "staging": ["--staging"], "workers": ["--workers", "2"]}


class Undisturbed(NamedTuple):
    """What a run leaves that nobody disturbs, and how many bytes it takes there."""

    rows: Digest
    sent: int


@pytest.fixture(scope="module")
def undisturbed(server: DatabaseUrl, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    with fresh_database(server, template) as made, proxy(made) as way:
        ran = Client(tmp_path_factory.mktemp("undisturbed"), way.url(made))(*SEEDING)
        assert ran.code == 0, ran.err
        yield Undisturbed(digest(made), way.passed[Way.SENT])


@pytest.mark.parametrize("words", WAYS.values(), ids=WAYS)
@rounds()
def test_a_seed_run_killed_at_a_random_byte_and_repeated_is_whole(
    chance: random.Random,
    words: list[str],
    client: Client,
    url: DatabaseUrl,
    way: Proxy,
    undisturbed: Undisturbed,
) -> None:
    with client.at(way.url(url)).started(*SEEDING, *words) as process:
        way.at(Way.SENT, chance.randrange(undisturbed.sent), process.kill)
        died(process)
    again = client(*SEEDING, *words, "-o", "json")
    assert again.code == 0, again.err
    assert_whole(client, url)
    assert digest(url) == undisturbed.rows
    with connect(url) as admin:
        assert admin.execute("SELECT count(*) FROM exception").fetchone() == (COUNT,)
    (repeated,) = client(*SEEDING, *words, "-o", "json").document["items"]
    assert (repeated["inserted"], repeated["existing"]) == (0, COUNT)
