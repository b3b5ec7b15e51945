"""Several processes make what one makes, whichever way the rows go in, and in whatever order they are cut off."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from uuid import uuid4

import psycopg
import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.db.repositories.bulk_load import ORPHANS, copy_proven, may_prove
from sentinai_cli.db.repositories.copy_text import CopyText, copy_text
from sentinai_cli.errors import SentinaiError, Unavailable
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.scope import AllTenants, Maintenance, TenantScope
from sentinai_cli.models.seed import SeedRunResult
from sentinai_cli.seeding.generate import prepare
from sentinai_cli.services import seed_load, seed_worker
from sentinai_cli.services.decision import PackDecisions
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.seed import seed
from sentinai_cli.services.seed_load import Loaded, SeedJob
from tests.conftest import connect, context, fresh_database, quiet
from tests.services.conftest import AS_OF, ignore, request
from tests.services.rows import Rows, seeded

FINANCE = "TENANT_FINANCE_001"
COUNT = 260


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 64 records, so that a few hundred are several blocks. Other processes keep theirs."""
    monkeypatch.setattr(seed_load, "BLOCK", 64)
    monkeypatch.setattr(seed_load, "CHUNK", 24)


def run(database: Database, *, count: int = COUNT, workers: int | None = 1, staging: bool = False) -> SeedRunResult:
    chosen = request(FINANCE, count=count, as_of=AS_OF).model_copy(update={"workers": workers, "staging": staging})
    (made,) = seed(database, chosen, embedded=True, now=AS_OF, say=quiet, advance=ignore).items
    return made.model_copy(update={"seconds": 0.0})


@pytest.fixture(scope="module")
def plain(server: DatabaseUrl, template: str) -> Iterator[tuple[SeedRunResult, Rows]]:
    with fresh_database(server, template) as made:
        database = Database(made, context=context())
        yield run(database), seeded(made)
        database.close()


def ledger(url: DatabaseUrl) -> list[int]:
    """The numbers that the ledger shows, as often as it shows them."""
    with connect(url) as admin:
        rows = admin.execute("SELECT first_no, records FROM seed_chunk ORDER BY 1").fetchall()
    return list(chain.from_iterable(range(first, first + records) for first, records in rows))


def lose(database: Database, *exception_ids: str) -> None:
    """Make exceptions vanish, by the one way there is."""
    with database.begin(Maintenance("test")) as work:
        work.erasures.erase(FINANCE, exception_ids, reason="test", operation_id=uuid4())


def forget(database: Database, statement: str) -> None:
    """Change the ledger, and what the run says of itself with it."""
    with connect(database.url) as admin:
        admin.execute(statement.encode())
        admin.execute("UPDATE seed_run SET state = 'running', records = 0, digest = NULL")


def test_staging_gives_the_same_rows_and_digest(database: Database, plain: tuple[SeedRunResult, Rows]) -> None:
    staged = run(database, staging=True)
    assert (staged, seeded(database.url)) == plain
    assert verify_events(database, AllTenants(), advance=ignore).broken == 0


def test_rows_go_straight_into_the_tables_where_the_session_may(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> int:
        raise AssertionError("staged")

    monkeypatch.setattr("sentinai_cli.db.seed_writer.load_staged", never)
    assert run(database).inserted == COUNT


def lines(database: Database) -> CopyText:
    """The lines of three records that the database does not have."""
    prepared = job(database, count=3)
    decisions = PackDecisions(prepared.domain_pack, prepared.policy_pack)
    return copy_text(FINANCE, prepare(prepared.plan, decisions))


def stored(database: Database) -> tuple[int, int]:
    with connect(database.url) as admin:
        row = admin.execute(
            "SELECT (SELECT count(*) FROM exception), (SELECT count(*) FROM exception_event)"
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def test_a_superusers_copy_asks_about_foreign_keys_as_a_set_and_finds_what_row_by_row_would(database: Database) -> None:
    rows = lines(database)
    first, _, rest = rows.exceptions.partition("\n")
    with connect(database.url) as admin:
        assert may_prove(admin)
        for missing in (first + "\n", rest):  # the first is there and the others are not, and the other way round
            with pytest.raises(RuntimeError, match="without their exceptions"), admin.transaction():
                copy_proven(admin, FINANCE, replace(rows, exceptions=missing))
        with pytest.raises(RuntimeError, match="no tenant"), admin.transaction():
            copy_proven(admin, "NOBODY", rows)
        assert stored(database) == (0, 0)
        with admin.transaction():
            copy_proven(admin, FINANCE, rows)
            asked = admin.execute("SELECT current_setting('session_replication_role')").fetchone()
        assert asked == ("origin",)
    assert stored(database)[0] == 3


def test_a_tenant_that_statistics_do_not_know_is_asked_about_by_both_keys_at_once(database: Database) -> None:
    rows = lines(database)
    with connect(database.url) as admin, admin.transaction():
        admin.execute("ANALYZE exception, exception_event")
        copy_proven(admin, FINANCE, rows)
        asked = {"tenant": FINANCE, "lowest": rows.lowest, "highest": rows.highest}
        plan = "".join(row[0] for row in admin.execute(f"EXPLAIN {ORPHANS}", asked))
    assert "Merge Anti Join" in plan
    assert "using pk_exception on" in plan
    assert "using pk_exception_event on" in plan


def test_a_tenant_cannot_go_while_rows_of_it_are_being_copied(database: Database) -> None:
    rows = lines(database)
    with connect(database.url) as admin, connect(database.url) as rival, admin.transaction():
        copy_proven(admin, FINANCE, rows)
        rival.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            rival.execute("SELECT FROM tenant WHERE tenant_id = %s FOR UPDATE", [FINANCE])
    assert stored(database)[0] == 3


@pytest.mark.usefixtures("small")
def test_the_size_of_chunks_does_not_matter(database: Database, plain: tuple[SeedRunResult, Rows]) -> None:
    run(database)
    assert seeded(database.url)["exception_event"] == plain[1]["exception_event"]
    assert ledger(database.url) == list(range(1, COUNT + 1))


def test_gaps_anywhere_are_filled_and_nothing_else_is_touched(
    database: Database, plain: tuple[SeedRunResult, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seed_load, "CHUNK", 20)
    run(database)
    prefix = plain[0].prefix
    for first in (41, 61, 201):
        lose(database, *(f"{prefix}-{number:06d}" for number in range(first, first + 20)))
        forget(database, f"DELETE FROM seed_chunk WHERE first_no = {first}")
    monkeypatch.setattr(seed_load, "CHUNK", 50)
    again = run(database)
    assert (again.inserted, again.digest) == (60, plain[0].digest)
    assert seeded(database.url) == plain[1]
    assert ledger(database.url) == list(range(1, COUNT + 1))


def test_a_lost_ledger_is_found_again_without_doubling(database: Database, plain: tuple[SeedRunResult, Rows]) -> None:
    run(database)
    lose(database, f"{plain[0].prefix}-000100")
    forget(database, "DELETE FROM seed_chunk")
    again = run(database)
    assert (again.inserted, again.digest) == (1, plain[0].digest)
    assert seeded(database.url) == plain[1]


def test_a_repeated_run_reads_the_ledger_and_writes_nothing(
    database: Database, plain: tuple[SeedRunResult, Rows]
) -> None:
    run(database)
    with connect(database.url) as admin:
        admin.execute("UPDATE seed_run SET state = 'running', records = 0, digest = NULL")
        before = admin.execute("SELECT pg_current_wal_lsn()").fetchone()
        again = run(database)
        assert (again.inserted, again.digest) == (0, plain[0].digest)
        moved = admin.execute("SELECT pg_current_wal_lsn() - %s::pg_lsn < 200000", before).fetchone()
    assert moved == (True,)


@pytest.mark.parametrize(
    ("blocks", "asked", "expected"), [(0, None, 1), (1, 4, 1), (10, 3, 3), (3, None, 1), (0, 9, 1), (2, 1, 1)]
)
def test_workers_are_as_many_as_were_asked_for_as_far_as_there_is_work(
    blocks: int, asked: int | None, expected: int
) -> None:
    assert seed_worker.workers_for(blocks, asked) == expected


def test_without_being_told_there_is_a_worker_for_each_core_once_it_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seed_worker, "_cores", lambda: 6)
    assert [seed_worker.workers_for(blocks, None) for blocks in (7, 8, 24, 400)] == [1, 2, 6, 6]


def job(database: Database, count: int = 9000) -> SeedJob:
    """The job of a run that is planned and has no record yet."""
    jobs: list[SeedJob] = []

    def keep(made: SeedJob, *_: object) -> None:
        jobs.append(made)
        raise Unavailable("enough", "the job is known")

    with pytest.MonkeyPatch.context() as patch, pytest.raises(Unavailable):
        patch.setattr("sentinai_cli.services.seed.load", keep)
        run(database, count=count)
    return jobs[0]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 3, 4])
def test_processes_make_what_one_process_makes(server: DatabaseUrl, template: str, workers: int) -> None:
    results = []
    for used in (1, workers):
        with fresh_database(server, template) as made:
            database = Database(made, context=context())
            result = run(database, count=3 * 4096 + 1000, workers=used)
            with database.begin(TenantScope(FINANCE), read_only=True) as work:
                chains = work.connection.exec_driver_sql(
                    "SELECT md5(string_agg(exception_id || encode(last_event_hash, 'hex'), ',' ORDER BY exception_id))"
                    " FROM exception"
                ).scalar_one()
            results.append((result, chains))
            database.close()
    assert results[0] == results[1]


@pytest.mark.slow
def test_what_fails_in_a_worker_fails_in_the_parent_as_it_is(database: Database) -> None:
    prepared = job(database)
    with connect(database.url) as admin:
        admin.execute("DROP TABLE exception_event")
    with pytest.raises(SentinaiError) as caught:
        seed_worker.load(prepared, 2, ignore_loaded)
    assert caught.value.code == "schema_behind"


@pytest.mark.slow
def test_a_worker_that_dies_is_noticed_and_the_rest_can_be_finished(database: Database) -> None:
    prepared = job(database)

    def kill(_: Loaded) -> None:
        with connect(database.url) as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    with pytest.raises((SentinaiError, psycopg.Error)):
        seed_worker.load(prepared, 2, kill)
    database.close()
    again = run(database, count=9000, workers=2)
    assert again.inserted + again.existing == 9000
    assert again.inserted < 9000
    assert ledger(database.url) == list(range(1, 9001))
    assert verify_events(database, AllTenants(), advance=ignore).broken == 0


def ignore_loaded(_: Loaded) -> None:
    """Hear of progress and forget it."""


def test_the_later_of_two_runs_waits_for_a_chunk_and_finds_it_written(
    database: Database, plain: tuple[SeedRunResult, Rows]
) -> None:
    first = run(database, count=100)
    second = run(database)
    assert (first.inserted, second.inserted, second.digest) == (100, COUNT - 100, plain[0].digest)
    assert second.as_of == AS_OF < AS_OF + timedelta(seconds=1)
