"""Many writers of the same things at once: each thing comes to be once, and nobody waits for ever."""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from uuid import UUID

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.scope import TenantScope
from sentinai_cli.services.event_append import append_event
from tests.commands.conftest import AS_OF, FINANCE
from tests.conftest import connect, context, store_records
from tests.db.records import record
from tests.faults.client import Client
from tests.faults.rounds import ROUNDS, rounds
from tests.faults.whole import assert_whole, digest
from tests.services.ingest import TENANT, counts, make_tenant, take, trade

pytestmark = pytest.mark.slow

WRITERS = 64
SEEDERS = 16 if ROUNDS > 1 else 3
BOUND = 120.0
"""Seconds in which all must be done: a livelock of deadlocks takes minutes."""


def test_64_writers_of_the_same_events_leave_each_once(url: DatabaseUrl, client: Client) -> None:
    names = [record("A", number, comments=0) for number in range(1, 5)]
    database = Database(url, context=context(), pool_size=WRITERS, max_overflow=0, pool_timeout=60)
    store_records(database, *names)
    ids = {one.exception_id: UUID(int=number, version=4) for number, one in enumerate(names)}

    def write(writer: int) -> Counter[bool]:
        told: Counter[bool] = Counter()
        for place in range(len(names)):
            name = names[(writer + place) % len(names)].exception_id
            appended = append_event(
                database,
                TenantScope("A"),
                name,
                event_type=EventType.COMMENT_ADDED,
                payload={"text": "the same"},
                actor_type=ActorType.USER,
                actor_id="ada",
                event_id=ids[name],
                now=datetime(2026, 11, 20, tzinfo=UTC),
            )
            told[appended.appended] += 1
        return told

    with ThreadPoolExecutor(WRITERS) as pool:
        told = sum(pool.map(write, range(WRITERS), timeout=BOUND), Counter())
    database.close()
    assert told == {True: len(names), False: len(names) * (WRITERS - 1)}
    with connect(url) as admin:
        written = "SELECT count(*) FROM exception_event WHERE event_type = 'CommentAdded'"
        assert admin.execute(written).fetchone() == (len(names),)
    assert_whole(client, url)


@rounds()
def test_64_writers_of_the_same_records_in_any_order_leave_each_once(
    chance: random.Random, url: DatabaseUrl, client: Client
) -> None:
    database = Database(url, context=context(), pool_size=WRITERS, max_overflow=0, pool_timeout=60)
    make_tenant(database, TENANT)
    orders = [chance.sample([trade(number) for number in range(50)], 50) for _ in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as pool:
        told = list(pool.map(lambda records: counts(take(database, records)), orders, timeout=BOUND))
    database.close()
    created, updated, unchanged, rejected = (sum(column) for column in zip(*told, strict=True))
    assert (created, updated, unchanged, rejected) == (50, 0, 50 * (WRITERS - 1), 0)
    with connect(url) as admin:
        assert admin.execute("SELECT count(*) FROM exception").fetchone() == (50,)
        made = "SELECT count(*) FROM exception_event WHERE event_type = 'ExceptionCreated'"
        assert admin.execute(made).fetchone() == (50,)
    assert_whole(client, url)


def test_many_seeding_the_same_run_at_once_come_to_one(client: Client, url: DatabaseUrl) -> None:
    words = ["seed", "--tenant", FINANCE, "--as-of", AS_OF, "--count", "2100"]
    with ExitStack() as stack:
        running = [stack.enter_context(client.started(*words, "-q", "-o", "json")) for _ in range(SEEDERS)]
        told = [client.ended(process) for process in running]
    assert [ran.err for ran in told if ran.code != 0] == []
    assert sum(one["inserted"] for ran in told for one in ran.document["items"]) == 2100
    assert len({one["digest"] for ran in told for one in ran.document["items"]}) == 1
    before = digest(url)
    assert client(*words).code == 0
    assert digest(url) == before
    assert_whole(client, url)
