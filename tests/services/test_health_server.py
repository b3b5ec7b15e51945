"""Health checks of what a whole server goes through: a replica that falls behind, a small cache, ids that run out."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.health import HealthCheck
from sentinai_cli.models.health_threshold import DEFAULTS
from sentinai_cli.services.health import Setting, check_health
from tests.conftest import connect, context, quiet
from tests.place import new_place
from tests.services.own_server import Cluster
from tests.services.test_health_check import FAIL, NEVER, OK, UNKNOWN, WARN, look, now, session, until

pytestmark = pytest.mark.slow

INSTALLED = [place for place in sorted(Path("/usr/lib/postgresql").glob("*/bin")) if (place / "pg_basebackup").exists()]


@pytest.fixture(params=[None, *INSTALLED], ids=lambda programs: programs.parent.name if programs else "embedded")
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Data of each major version that is there."""
    with new_place() as place:
        yield Cluster(place, programs=request.param)


def seen(url: DatabaseUrl, name: str, **given: Any) -> HealthCheck:
    with closing(Database(url, context=context())) as database:
        return look(database, name, **given)


def test_a_replica_that_stops_replaying_is_told_by_time_and_by_what_it_has_to_replay(cluster: Cluster) -> None:
    with cluster.started() as primary:
        upgrade(Database(primary, context=context()), say=quiet, environment=Environment.DEVELOPMENT)
        with cluster.started("replica", cluster.copy(primary, "replica")) as replica, connect(primary) as writing:
            until(lambda: "1 replica," in seen(primary, "replication").covered)
            until(lambda: seen(primary, "replication").state is OK)
            with connect(replica) as standby:
                writing.execute("CREATE TABLE first ()")
                until(lambda: standby.execute("SELECT to_regclass('first') IS NOT NULL").fetchone() == (True,))
                standby.execute("SELECT pg_wal_replay_pause()")
                writing.execute("CREATE TABLE load AS SELECT repeat('x', 1000) FROM generate_series(1, 5000)")
                mib: dict[str, Any] = {"replica_backlog": (1, NEVER), "replication_lag": (NEVER, NEVER)}
                until(lambda: seen(primary, "replication", **mib).state is WARN)
                assert seen(primary, "replication", **mib | {"replica_backlog": (1, 2)}).state is FAIL
                paused = seen(replica, "replication", replication_lag=(NEVER, NEVER))
                assert (paused.state, paused.evidence[0].finding) == (WARN, "its replay is paused")
                itself = seen(replica, "replication", replication_lag=(0, 0))
                assert (itself.state, itself.evidence[0].object) == (FAIL, "this server")
                standby.execute(itself.evidence[0].fix or "")
            until(lambda: seen(primary, "replication", **mib).state is OK)
            with closing(Database(replica, context=context())) as database:
                setting = Setting(embedded=True, now=now, thresholds=DEFAULTS)
                report, lost = check_health(database, setting, advance=lambda _: None)
    assert lost is None
    assert {check.check for check in report.items if check.state is UNKNOWN} == set()


def test_a_cache_that_is_too_small_for_what_is_read_is_told(cluster: Cluster) -> None:
    with cluster.started(settings={"shared_buffers": "128kB", "autovacuum": "off"}) as url, connect(url) as reading:
        reading.execute("CREATE TABLE wide AS SELECT repeat('x', 1900) FROM generate_series(1, 8000)")
        reading.execute("SELECT pg_stat_reset()")
        for _ in range(8):
            reading.execute("SELECT count(*) FROM wide")
        reading.execute("SELECT pg_stat_force_next_flush()")
        until(lambda: "too few" not in seen(url, "cache").covered)
        assert seen(url, "cache").state is FAIL
        reading.execute("SELECT pg_stat_reset()")
        reading.execute(
            "SELECT (SELECT relname FROM pg_class LIMIT 1 OFFSET g - g) FROM generate_series(1, 60000) AS g"
        )
        reading.execute("SELECT pg_stat_force_next_flush()")
        until(lambda: "too few" not in seen(url, "cache").covered)
        assert seen(url, "cache").state is OK


def test_a_prepared_transaction_is_told_as_what_it_is_with_the_sql_that_ends_it(cluster: Cluster) -> None:
    with cluster.started(settings={"max_prepared_transactions": "2"}) as url, connect(url) as admin:
        admin.execute("CREATE TABLE notes (n int)")
        with session(url) as other:
            other.execute("LOCK TABLE notes IN ACCESS EXCLUSIVE MODE")
            other.execute("PREPARE TRANSACTION 'o''brien'")
            other.commit()
        (one,) = seen(url, "transactions", long_transaction=(0, 0)).evidence
        assert (one.object, one.fix) == ("prepared transaction o'brien", "ROLLBACK PREPARED 'o''brien';")
        with session(url) as waiting, ThreadPoolExecutor(1) as pool:
            ended = pool.submit(waiting.execute, "SELECT * FROM notes")
            until(lambda: len(seen(url, "blocking", lock_wait=(0, 0)).evidence) == 2)
            root, below = seen(url, "blocking", lock_wait=(0, 0)).evidence
            admin.execute(one.fix or "")
            ended.result()
        assert (root.object, below.under) == ("a prepared transaction", root.object)


def test_ids_that_run_out_are_told_before_they_have(cluster: Cluster) -> None:
    settings = {"autovacuum_freeze_max_age": "2000000000", "autovacuum": "off"}
    with cluster.started(settings=settings) as url:
        assert seen(url, "wraparound").state is OK
    for used, state in ((1_000_000_000, WARN), (1_700_000_000, FAIL)):
        segment = cluster.data / "pg_xact" / f"{used // 2**20:04X}"
        segment.write_bytes(bytes(2**18))
        segment.chmod(0o600)
        cluster.give(segment)
        cluster.run("pg_resetwal", "-f", "-x", str(used), "-D", str(cluster.data))
        with cluster.started(settings=settings) as url:
            check = seen(url, "wraparound")
            assert check.state is state
            assert "transaction id" in check.evidence[0].finding
    with cluster.started(settings=settings) as url:
        with connect(url) as admin:
            admin.execute("UPDATE pg_database SET datallowconn = true")
            names = [name for (name,) in admin.execute("SELECT datname FROM pg_database").fetchall()]
        for name in names:
            cluster.run("vacuumdb", "--freeze", "-h", str(url.host), "-U", str(url.user), "-d", name)
        assert seen(url, "wraparound").state is OK
