"""The future of a seed run, told as time passes."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Conflict, NotFound, Refused
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.scope import AllTenants
from sentinai_cli.models.seed_drip import SeedDrip, SeedDripRequest
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.seed import seed
from sentinai_cli.services.seed_drip import MOST_AT_ONCE, drip
from sentinai_cli.services.seed_reset import reset_seeds
from sentinai_cli.services.seed_verify import verify_run
from tests.conftest import connect, context, fresh_database, quiet
from tests.services.conftest import AS_OF, ignore, request
from tests.services.rows import Rows, seeded

FINANCE = "TENANT_FINANCE_001"
PACE = SeedDripRequest(scenario="default", seed=1, tenant_ids=(FINANCE,), every=500_000, speed=3600)
BEGAN = AS_OF + timedelta(minutes=5)


class Clock:
    """Time that passes when somebody waits; `at` one moment it is interrupted."""

    def __init__(self, began: datetime = BEGAN, interrupted: datetime | None = None) -> None:
        self.at = began
        self.interrupted = interrupted

    def now(self) -> datetime:
        return self.at

    def pause(self, seconds: float) -> None:
        if self.interrupted is not None and self.at >= self.interrupted:
            raise KeyboardInterrupt
        self.at += timedelta(seconds=seconds)


def run(database: Database, clock: Clock, **changes: object) -> SeedDrip:
    wanted = PACE.model_copy(update=changes)
    (made,) = drip(database, wanted, now=clock.now, advance=ignore, pause=clock.pause).items
    return made


@pytest.fixture
def based(database: Database) -> Database:
    """A database with a run to go on from."""
    seed(database, request(FINANCE, count=40, as_of=AS_OF), embedded=True, now=AS_OF, say=quiet, advance=ignore)
    return database


def content(url: DatabaseUrl) -> Rows:
    """All rows but what the ledger says of chunks and the server of transactions."""
    return seeded(url)


def statuses(url: DatabaseUrl) -> Counter[str]:
    with connect(url) as admin:
        return Counter(row[0] for row in admin.execute("SELECT status FROM exception").fetchall())


def test_exceptions_arrive_at_the_rate_and_what_is_there_moves_along(based: Database) -> None:
    before = statuses(based.url)
    made = run(based, Clock(), seconds=10.0)
    assert made.records == made.inserted == 20
    assert made.events > 60
    assert made.left_alone == 0
    after = statuses(based.url)
    assert sum(after.values()) == 60
    assert after["resolved"] > before["resolved"]
    assert verify_events(based, AllTenants(), advance=ignore).broken == 0
    with connect(based.url) as admin:
        latest = admin.execute("SELECT max(created_at) FROM exception_event").fetchone()
    assert latest is not None
    assert BEGAN + timedelta(seconds=5) < latest[0] <= BEGAN + timedelta(seconds=10)


@pytest.mark.slow
def test_stopped_and_started_again_it_is_where_an_undisturbed_one_would_be(
    based: Database, server: DatabaseUrl, template: str
) -> None:
    first = run(based, Clock(interrupted=BEGAN + timedelta(seconds=6)), seconds=None)
    late = Clock(BEGAN + timedelta(seconds=15))
    second = run(based, late, seconds=5.0)
    assert first.records == 12
    assert (second.records, second.inserted) == (40, 28)
    assert (second.identity, second.as_of, second.prefix) == (first.identity, first.as_of, first.prefix)
    with fresh_database(server, template) as other:
        database = Database(other, context=context("seed"))
        seed(database, request(FINANCE, count=40, as_of=AS_OF), embedded=True, now=AS_OF, say=quiet, advance=ignore)
        whole = run(database, Clock(), seconds=20.0)
        assert (whole.digest, whole.records) == (second.digest, 40)
        assert content(other) == content(based.url)
        database.close()


@pytest.mark.slow
def test_a_drip_is_verified_listed_and_reset_as_any_run(based: Database) -> None:
    made = run(based, Clock(), seconds=30.0)
    verified = verify_run(based, AllTenants(), made.prefix, advance=ignore)
    assert [check.check for check in verified.items if not check.passed] == []
    assert (verified.records, verified.stored_digest) == (60, made.digest)
    assert verified.moved > 30
    taken = reset_seeds(based, FINANCE, advance=ignore)
    assert sum(one.erased for one in taken.items) == 100
    assert statuses(based.url).total() == 0


@pytest.mark.slow
def test_what_somebody_acted_on_is_left_alone(based: Database) -> None:
    run(based, Clock(), seconds=4.0)
    with connect(based.url) as admin:
        open_ones = admin.execute("SELECT count(*) FROM exception WHERE status <> 'resolved'").fetchone()
    assert open_ones is not None
    from sentinai_cli.models.event import ActorType, EventType
    from sentinai_cli.services.event_append import append_event

    with based.begin(AllTenants(), read_only=True) as work:
        ours = next(iter(work.seeds.list_all()))
        assert ours.manifest["drip"] == {"every": 500_000, "speed": 3600}
    with connect(based.url) as admin:
        row = admin.execute("SELECT exception_id FROM exception WHERE status = 'analyzing' LIMIT 1").fetchone()
    assert row is not None
    append_event(
        based,
        AllTenants(),
        row[0],
        event_type=EventType.COMMENT_ADDED,
        payload={"text": "mine"},
        actor_type=ActorType.USER,
        actor_id="me",
        event_id=None,
        now=BEGAN + timedelta(seconds=4),
    )
    again = run(based, Clock(BEGAN + timedelta(seconds=4)), seconds=20.0)
    assert again.left_alone == 1
    with connect(based.url) as admin:
        last = admin.execute(
            "SELECT payload ->> 'text' FROM exception_event WHERE exception_id = %s ORDER BY event_no DESC LIMIT 1", row
        ).fetchone()
    assert last == ("mine",)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises((Conflict, NotFound, Refused)) as caught:
        call()
    return caught.value.code


def test_a_drip_needs_a_run_and_keeps_its_beginning(database: Database) -> None:
    assert refused(lambda: run(database, Clock(), seconds=1.0)) in ("seed_run_not_found", "tenant_not_found")
    seed(database, request(FINANCE, count=10, as_of=AS_OF), embedded=True, now=AS_OF, say=quiet, advance=ignore)
    assert refused(lambda: run(database, Clock(), seconds=1.0, seed=2)) == "seed_run_not_found"
    first = run(database, Clock(), seconds=1.0)
    assert refused(lambda: run(database, Clock(), seconds=1.0, as_of=AS_OF)) == "seed_run_exists"
    far = Clock(BEGAN + timedelta(seconds=MOST_AT_ONCE))
    assert refused(lambda: run(database, far, seconds=1.0)) == "seed_drip_far_behind"
    other = run(database, far, seconds=1.0, new_run=True)
    assert other.as_of == BEGAN + timedelta(seconds=MOST_AT_ONCE)
    assert {first.prefix, other.prefix}.isdisjoint({first.of})
    assert first.prefix != other.prefix


def test_production_is_not_dripped_on(based: Database) -> None:
    with connect(based.url) as admin:
        admin.execute("UPDATE database_info SET environment = 'production'")
    assert refused(lambda: run(based, Clock(), seconds=1.0)) == "production_protected"


def test_the_same_drip_runs_once_at_a_time(based: Database) -> None:
    class Second(Clock):
        said = ""

        def pause(self, seconds: float) -> None:
            other = Database(based.url, context=context("seed drip"))
            self.said = refused(lambda: run(other, Clock(), seconds=1.0))
            other.close()
            super().pause(seconds)

    clock = Second()
    assert run(based, clock, seconds=0.5).records == 1
    assert clock.said == "seed_drip_running"
    assert run(based, Clock(), seconds=1.0).records == 2
