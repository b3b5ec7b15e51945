"""Each health check is ok where all is well, and warns and fails where it is not, on a real server."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from sentinai_cli.db.engine import Database
from sentinai_cli.db.health.storage import MANY_READS
from sentinai_cli.db.migration_lock import KEY
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.health import CheckState, HealthCheck
from sentinai_cli.models.health_threshold import DEFAULTS, Threshold
from sentinai_cli.models.pack_version import PackKind, PackReference
from sentinai_cli.models.scope import AllTenants, TenantScope
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.event_seal import seal_events
from sentinai_cli.services.event_verified import record_verification
from sentinai_cli.services.health import Setting, check_health
from sentinai_cli.services.pack_activation import activate_pack
from sentinai_cli.services.pack_import import import_pack
from sentinai_cli.services.tenant import create_tenant
from tests.conftest import connect, context
from tests.db.records import record
from tests.services.health_rows import many
from tests.services.packs import put, trading_edition
from tests.services.rows import unchanged
from tests.unit.packs.document import as_bytes

OK, WARN, FAIL, UNKNOWN = CheckState.OK, CheckState.WARN, CheckState.FAIL, CheckState.UNKNOWN
NEVER = 1e12
Levels = tuple[float, float]


def now() -> datetime:
    return datetime.now(UTC)


def limits(**levels: Levels) -> dict[str, Threshold]:
    """The thresholds, these ones set."""
    return {
        **DEFAULTS,
        **{
            name: DEFAULTS[name].model_copy(update={"warn": warn, "fail": fail})
            for name, (warn, fail) in levels.items()
        },
    }


def look(
    database: Database,
    name: str,
    *,
    clock: Callable[[], datetime] = now,
    embedded: bool = True,
    home: Path | None = None,
    pool: int = 10,
    **levels: Levels,
) -> HealthCheck:
    """One check, made."""
    setting = Setting(embedded=embedded, now=clock, thresholds=limits(**levels), home=home, pool=pool)
    report, lost = check_health(database, setting, only=[name], advance=lambda _: None)
    assert lost is None
    (check,) = report.items
    assert check.check == name
    return check


def states(database: Database, name: str, threshold: str, *, low: float = 0.0, high: float = NEVER) -> list[CheckState]:
    """What becomes of the check under thresholds that nothing reaches, that one does, and that both do."""
    levels: list[dict[str, Any]] = [{threshold: each} for each in ((high, high), (low, high), (low, low))]
    return [look(database, name, **each).state for each in levels]


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another session is about to do; the server is asked again and again, for half a minute."""
    end = now() + timedelta(seconds=30)
    while not condition():
        assert now() < end, "it did not come about"


@contextmanager
def session(url: DatabaseUrl, application: str = "desk") -> Iterator[psycopg.Connection]:
    """Somebody else, in a transaction."""
    with closing(psycopg.connect(**url.conninfo(), application_name=application)) as other:  # type: ignore[arg-type]
        yield other


def test_connecting_and_asking_is_quick_or_not(shared: Database) -> None:
    generous: dict[str, Any] = {"connect_time": (NEVER, NEVER), "round_trip": (NEVER, NEVER)}
    assert look(shared, "connectivity", **generous).state is OK
    assert look(shared, "connectivity", **generous | {"connect_time": (0, NEVER)}).state is WARN
    slow = look(shared, "connectivity", **generous | {"round_trip": (0, 0)})
    assert (slow.state, [one.object for one in slow.evidence]) == (FAIL, ["round trip"])
    assert {one.name for one in slow.measures} == {"connect_seconds", "round_trip_seconds"}


def test_a_pooler_that_does_not_answer_fails_though_the_server_does(url: DatabaseUrl) -> None:
    nowhere = replace(url, database="not_there")
    with closing(Database(nowhere, context=context(), direct_url=url, connect_timeout=1.0)) as database:
        check = look(database, "connectivity", connect_time=(NEVER, NEVER), round_trip=(NEVER, NEVER))
    assert (check.state, check.evidence[0].object) == (FAIL, "pooler")


def test_a_database_that_cannot_be_reached_fails_connectivity_and_leaves_the_rest_unknown(url: DatabaseUrl) -> None:
    with closing(Database(replace(url, database="not_there"), context=context(), connect_timeout=1.0)) as database:
        setting = Setting(embedded=True, now=now, thresholds=DEFAULTS)
        report, lost = check_health(database, setting, advance=lambda _: None)
    assert lost is not None
    assert lost.code == "database_not_found"
    assert [check.check for check in report.items if check.state is FAIL] == ["connectivity"]
    assert {check.state for check in report.items[1:]} == {UNKNOWN}


def test_a_version_near_the_end_of_its_support_warns_and_one_beyond_fails(shared: Database) -> None:
    check = look(shared, "version")
    assert check.state is OK
    (left,) = check.measures
    at = [now() + timedelta(days=left.value + days) for days in (-179, 1)]
    assert [look(shared, "version", clock=lambda at=at: at).state for at in at] == [WARN, FAIL]  # type: ignore[misc]


def test_clocks_that_differ_are_told_with_how_much(shared: Database) -> None:
    assert look(shared, "clock").state is OK
    assert look(shared, "clock", clock=lambda: now() + timedelta(seconds=10)).state is WARN
    behind = look(shared, "clock", clock=lambda: now() - timedelta(hours=1))
    assert behind.state is FAIL
    assert "ahead of this machine's" in behind.evidence[0].finding


def test_the_schema_is_that_of_the_release_or_the_difference_is_named(database: Database, url: DatabaseUrl) -> None:
    assert look(database, "schema").state is OK
    with connect(url) as admin:
        admin.execute("CREATE INDEX theirs ON exception (source_system)")
        check = look(database, "schema")
        assert (check.state, check.evidence[0].object) == (WARN, "index theirs")
        admin.execute("DROP INDEX theirs; ALTER TABLE exception DROP CONSTRAINT fk_exception_tenant")
        check = look(database, "schema")
        assert (check.state, check.evidence[0].object) == (FAIL, "foreign key exception.fk_exception_tenant")


def test_a_schema_that_is_behind_is_told_with_the_command_that_brings_it_on(
    database: Database, url: DatabaseUrl
) -> None:
    with connect(url) as admin:
        admin.execute("UPDATE alembic_version SET version_num = '0001'")
        admin.execute("DELETE FROM migration_record WHERE revision <> '0001'")
    check = look(database, "schema")
    assert check.state is FAIL
    assert "sentinai migrate" in {one.fix for one in check.evidence}


def test_isolation_is_judged_by_its_lints(database: Database, url: DatabaseUrl) -> None:
    assert look(database, "isolation").state is OK
    stranger = look(database, "isolation", embedded=False)
    assert (stranger.state, "superuser" in stranger.evidence[0].finding) == (WARN, True)
    with connect(url) as admin:
        admin.execute("ALTER TABLE exception DISABLE ROW LEVEL SECURITY")
    check = look(database, "isolation")
    assert (check.state, check.evidence[0].object) == (FAIL, "table exception")


def test_guards_that_are_off_fail_and_strange_triggers_warn(database: Database, url: DatabaseUrl) -> None:
    assert look(database, "append_only").state is OK
    with connect(url) as admin:
        admin.execute(
            "CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
            " CREATE TRIGGER copying BEFORE INSERT ON exception FOR EACH ROW EXECUTE FUNCTION copy()"
        )
        assert look(database, "append_only").state is WARN
        admin.execute("ALTER TABLE exception_event DISABLE TRIGGER USER")
    assert look(database, "append_only").state is FAIL


def test_events_that_wait_for_a_seal_are_told_by_their_age(database: Database, store: Callable[..., int]) -> None:
    assert states(database, "seals", "seal_age") == [OK, OK, OK]
    store(record("A", 1))
    assert states(database, "seals", "seal_age") == [OK, WARN, FAIL]
    seal_events(database, AllTenants(), now=now(), advance=lambda _: None)
    assert states(database, "seals", "seal_age") == [OK, OK, OK]
    store(record("A", 2))
    check = look(database, "seals", seal_age=(0, 0))
    assert (check.evidence[0].object, check.evidence[0].fix) == ("tenant A", "sentinai events seal --tenant A")


def test_how_long_ago_the_log_was_verified_is_read_from_the_journal(
    database: Database, url: DatabaseUrl, store: Callable[..., int]
) -> None:
    assert states(database, "verification", "verify_age") == [OK, OK, OK]  # there is nothing to verify
    store(record("A", 1), record("B", 1))
    assert "never been verified" in look(database, "verification", verify_age=(0, 0)).evidence[0].finding
    verifying = Database(url, context=context("events verify"))
    verified = verify_events(verifying, AllTenants(), advance=lambda _: None)
    assert record_verification(verifying, AllTenants(), verified, since_seal=True) is None
    assert look(database, "verification").covered == "2 tenants with events, 0 verified"
    assert record_verification(verifying, TenantScope("A"), verified, since_seal=False) is None
    assert look(database, "verification").covered == "2 tenants with events, 1 verified"
    assert record_verification(verifying, AllTenants(), verified, since_seal=False) is None
    verifying.close()
    assert states(database, "verification", "verify_age") == [OK, WARN, FAIL]
    assert "were last verified" in look(database, "verification", verify_age=(0, 0)).evidence[0].finding


def test_a_verification_that_found_breaks_fails_until_one_finds_none(
    database: Database, url: DatabaseUrl, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    with connect(url) as admin:
        admin.execute("ALTER TABLE exception_event DISABLE TRIGGER USER")
        admin.execute("UPDATE exception_event SET actor_id = 'nobody' WHERE event_no = 2")
    with closing(Database(url, context=context("events verify"))) as verifying:
        verified = verify_events(verifying, AllTenants(), advance=lambda _: None)
        record_verification(verifying, AllTenants(), verified, since_seal=False)
        check = look(database, "verification")
        assert (check.state, "found 1 break" in check.evidence[0].finding) == (FAIL, True)
        with connect(url) as admin:
            admin.execute("UPDATE exception_event SET actor_id = 'test' WHERE event_no = 2")
        verified = verify_events(verifying, AllTenants(), advance=lambda _: None)
        record_verification(verifying, AllTenants(), verified, since_seal=True)
    assert look(database, "verification").state is OK


def test_connections_are_counted_against_each_limit_that_there_is(database: Database, url: DatabaseUrl) -> None:
    assert look(database, "connections").state is OK
    with connect(url) as admin:
        admin.execute(f"ALTER DATABASE {url.database} CONNECTION LIMIT 2")
        check = look(database, "connections")  # this one and the one that looks
        assert (check.state, check.evidence[0].object) == (FAIL, f"database {url.database}")
        admin.execute(f"ALTER DATABASE {url.database} CONNECTION LIMIT 10")
        with connect(url), connect(url), connect(url), connect(url), connect(url), connect(url):
            assert look(database, "connections").state is WARN
    crowded = look(database, "connections", pool=10_000)
    assert (crowded.state, crowded.evidence[0].object) == (WARN, "pool")


def test_an_open_transaction_is_told_by_its_age_with_the_sql_that_ends_it(database: Database, url: DatabaseUrl) -> None:
    assert states(database, "transactions", "long_transaction") == [OK, OK, OK]
    with session(url) as other:
        other.execute("SELECT 1")
        assert states(database, "transactions", "long_transaction") == [OK, WARN, FAIL]
        (one,) = look(database, "transactions", long_transaction=(0, 0)).evidence
        pid = other.info.backend_pid
        assert (one.object, one.fix) == (f"pid {pid}", f"SELECT pg_terminate_backend({pid});")
        assert "desk" in one.finding
        with connect(url) as admin:
            admin.execute(one.fix or "")
            until(lambda: look(database, "transactions", long_transaction=(0, 0)).state is OK)


def test_a_transaction_that_its_client_leaves_idle_is_told(database: Database, url: DatabaseUrl) -> None:
    assert states(database, "idle_transactions", "idle_in_transaction") == [OK, OK, OK]
    with session(url) as other:
        other.execute("SELECT 1")
        assert states(database, "idle_transactions", "idle_in_transaction") == [OK, WARN, FAIL]


def test_who_blocks_whom_is_a_tree_whose_root_is_to_be_ended(database: Database, url: DatabaseUrl) -> None:
    assert look(database, "blocking").state is OK
    with session(url, "root") as root, session(url, "second") as second, session(url, "third") as third:
        root.execute("LOCK TABLE tenant IN ACCESS EXCLUSIVE MODE")
        pids = [each.info.backend_pid for each in (root, second, third)]
        second.execute("LOCK TABLE operation IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(2) as pool:
            waiting = [
                pool.submit(second.execute, "SELECT * FROM tenant"),
                pool.submit(third.execute, "SELECT * FROM operation"),
            ]
            try:
                until(lambda: len(look(database, "blocking", lock_wait=(0, 0)).evidence) == 3)
                assert states(database, "blocking", "lock_wait") == [OK, WARN, FAIL]
                tree = look(database, "blocking", lock_wait=(0, 0)).evidence
            finally:
                root.rollback()
                for ended in waiting:
                    ended.result()
                    second.rollback()
    assert [(one.object, one.under) for one in tree] == [
        (f"pid {pids[0]}", None),
        (f"pid {pids[1]}", f"pid {pids[0]}"),
        (f"pid {pids[2]}", f"pid {pids[1]}"),
    ]
    assert tree[0].fix == f"SELECT pg_terminate_backend({pids[0]});"
    assert (tree[1].fix, tree[2].fix) == (None, None)
    assert "blocks 2" in tree[0].finding
    assert "AccessShareLock on tenant" in tree[1].finding


def test_locks_of_a_migration_are_told_by_their_age(database: Database, url: DatabaseUrl) -> None:
    assert states(database, "migration_lock", "migration_lock") == [OK, OK, OK]
    with session(url, "sentinai/1:migrate upgrade") as other:
        other.execute("SELECT pg_advisory_lock(%s)", [KEY])
        assert states(database, "migration_lock", "migration_lock") == [OK, WARN, FAIL]
        other.execute("LOCK TABLE tenant IN ACCESS EXCLUSIVE MODE")
        check = look(database, "migration_lock", migration_lock=(0, 0))
    assert "keeps other migrations out" in check.evidence[0].finding
    assert "AccessExclusiveLock on tenant" in check.evidence[1].finding


def test_a_deadlock_is_counted(database: Database, url: DatabaseUrl) -> None:
    assert look(database, "deadlocks").state is OK
    with session(url) as one, session(url) as other:
        for each, table in ((one, "tenant"), (other, "operation")):
            each.execute("SET LOCAL deadlock_timeout = '5ms'")
            each.execute(f"LOCK TABLE {table}")
        with ThreadPoolExecutor(2) as pool:
            crossing = [
                pool.submit(one.execute, "LOCK TABLE operation"),
                pool.submit(other.execute, "LOCK TABLE tenant"),
            ]
            for ended in crossing:
                with suppress(psycopg.errors.DeadlockDetected):
                    ended.result()
        for each in (one, other):
            each.rollback()
            each.execute("SELECT pg_stat_force_next_flush()")
            each.rollback()
        until(lambda: look(database, "deadlocks").state is WARN)
    assert look(database, "deadlocks", deadlocks=(0.5, 1)).state is FAIL


def test_reads_that_miss_the_cache_are_told_once_there_are_enough(database: Database, url: DatabaseUrl) -> None:
    assert "too few" in look(database, "cache", cache_hit=(100, 100)).covered
    with connect(url) as admin:
        admin.execute("SELECT (SELECT relname FROM pg_class WHERE oid = g LIMIT 1) FROM generate_series(1, 9000) AS g")
        admin.execute("SELECT pg_stat_force_next_flush()")
    until(lambda: "too few" not in look(database, "cache").covered)
    levels = [(0, 0), (100, 0), (100, 100)]
    assert [look(database, "cache", cache_hit=each).state for each in levels] == [OK, WARN, FAIL]


def test_checkpoints_that_are_asked_for_are_told_once_there_are_enough(database: Database, url: DatabaseUrl) -> None:
    with connect(url) as admin:
        newer = admin.info.server_version >= 170_000
        admin.execute("SELECT pg_stat_reset_shared(%s)", ["checkpointer" if newer else "bgwriter"])
        check = look(database, "checkpoints", requested_checkpoints=(0, 0))
        assert (check.state, "too few" in check.covered) == (OK, True)
        for _ in range(10):
            admin.execute("CHECKPOINT")
    until(lambda: "too few" not in look(database, "checkpoints").covered)
    assert look(database, "checkpoints").state is FAIL
    assert look(database, "checkpoints", requested_checkpoints=(80, NEVER)).state is WARN
    assert look(database, "checkpoints", requested_checkpoints=(NEVER, NEVER)).state is OK


def test_an_index_that_was_broken_off_or_is_idle_is_named_with_its_remedy(database: Database, url: DatabaseUrl) -> None:
    assert look(database, "indexes").state is OK
    with connect(url) as admin:
        admin.execute("CREATE TABLE notes (tenant_id text, n int)")
        admin.execute("INSERT INTO notes SELECT 'A', 1 FROM generate_series(1, 2)")
        admin.execute("CREATE INDEX idle ON notes (n)")
        admin.execute("SET enable_indexscan = off; SET enable_indexonlyscan = off; SET enable_bitmapscan = off")
        admin.execute(f"SELECT (SELECT n FROM notes WHERE n > g LIMIT 1) FROM generate_series(1, {MANY_READS}) AS g")
        admin.execute("SELECT pg_stat_force_next_flush()")
        until(lambda: look(database, "indexes", unused_index=(0, NEVER)).state is WARN)
        assert look(database, "indexes").state is OK
        with suppress(psycopg.errors.UniqueViolation):
            admin.execute("CREATE UNIQUE INDEX CONCURRENTLY broken ON notes (n)")
        check = look(database, "indexes")
        assert (check.state, check.evidence[0].object) == (FAIL, "index broken on notes")
        assert check.evidence[0].fix == "REINDEX INDEX CONCURRENTLY broken;"
        admin.execute("DELETE FROM notes")
        admin.execute(check.evidence[0].fix or "")
    assert look(database, "indexes").state is OK


def test_a_foreign_key_without_an_index_is_named_where_its_table_is_large(database: Database, url: DatabaseUrl) -> None:
    with connect(url) as admin:
        admin.execute('CREATE TABLE notes (tenant_id text COLLATE "C" REFERENCES tenant, n int); ANALYZE notes')
        check = look(database, "indexes", unindexed_rows=(0, NEVER))
        found = {one.object: one.fix for one in check.evidence}
        fix = found["foreign key notes_tenant_id_fkey on notes"]
        assert (check.state, fix) == (WARN, "CREATE INDEX CONCURRENTLY ON notes (tenant_id);")
        admin.execute(fix or "")
    again = look(database, "indexes", unindexed_rows=(0, NEVER))
    assert not [one for one in again.evidence if "notes" in one.object]


def test_dead_rows_are_told_until_they_are_vacuumed(database: Database, url: DatabaseUrl) -> None:
    assert look(database, "vacuum").state is OK
    with connect(url) as admin:
        admin.execute("CREATE TABLE notes (n int) WITH (autovacuum_vacuum_threshold = 1000000)")
        admin.execute("INSERT INTO notes SELECT generate_series(1, 2000); DELETE FROM notes WHERE n <= 600")
        admin.execute("SELECT pg_stat_force_next_flush()")
        until(lambda: look(database, "vacuum").state is WARN)
        admin.execute("DELETE FROM notes WHERE n <= 1200")
        admin.execute("SELECT pg_stat_force_next_flush()")
        until(lambda: look(database, "vacuum").state is FAIL)
        (one,) = look(database, "vacuum").evidence
        assert "1,200 of its 2,000 rows are dead" in one.finding
        admin.execute(one.fix or "")
        until(lambda: look(database, "vacuum").state is OK)
        admin.execute("ALTER TABLE notes SET (autovacuum_enabled = false)")
        assert look(database, "vacuum").state is WARN


def test_a_table_that_changes_and_is_not_vacuumed_is_told_by_its_age(database: Database, url: DatabaseUrl) -> None:
    with connect(url) as admin:
        admin.execute("CREATE TABLE notes (n int) WITH (autovacuum_vacuum_insert_threshold = 1000000)")
        admin.execute("INSERT INTO notes SELECT generate_series(1, 2000)")
        admin.execute("SELECT pg_stat_force_next_flush()")
        until(lambda: look(database, "vacuum", vacuum_age=(0, NEVER)).state is WARN)
        assert states(database, "vacuum", "vacuum_age") == [OK, WARN, FAIL]
        admin.execute("VACUUM notes")
        until(lambda: look(database, "vacuum", vacuum_age=(0, 0)).state is OK)


def test_rows_that_statistics_do_not_know_are_told_where_there_are_many(database: Database, url: DatabaseUrl) -> None:
    with connect(url) as admin:
        admin.execute("CREATE TABLE notes (n int) WITH (autovacuum_analyze_threshold = 1000000)")
        admin.execute("INSERT INTO notes SELECT generate_series(1, 100000)")
        admin.execute("SELECT pg_stat_force_next_flush()")
        assert look(database, "vacuum").state is OK  # there are no statistics that could be wrong
        admin.execute("ANALYZE notes")
        admin.execute("INSERT INTO notes SELECT generate_series(1, 60000)")
        admin.execute("SELECT pg_stat_force_next_flush()")
        until(lambda: look(database, "vacuum").state is WARN)
        (one,) = look(database, "vacuum").evidence
        assert "60,000 of its rows changed since its statistics were gathered (38 %)" in one.finding
        assert states(database, "vacuum", "stale_statistics") == [OK, WARN, FAIL]
        admin.execute(one.fix or "")
        until(lambda: look(database, "vacuum").state is OK)


def test_ids_that_run_out_are_told_for_each_database_and_the_oldest_tables(database: Database) -> None:
    assert states(database, "wraparound", "wraparound") == [OK, WARN, FAIL]
    check = look(database, "wraparound", wraparound=(0, 0))
    assert {one.object.split()[0] for one in check.evidence} >= {"database"}
    assert {one.name for one in check.measures} == {"transaction_id_ratio", "multixact_id_ratio"}


def test_tables_are_told_by_their_size(database: Database) -> None:
    assert states(database, "table_size", "table_size") == [OK, WARN, FAIL]
    assert look(database, "table_size").state is OK


def test_a_tenant_that_gets_far_more_than_in_the_week_before_is_named(database: Database, url: DatabaseUrl) -> None:
    at = now()
    yesterday, week = at - timedelta(days=1), at - timedelta(days=8)
    with connect(url) as admin:
        many(admin, "STEADY", 3_500, start=week, end=yesterday)
        many(admin, "STEADY", 1_000, start=yesterday, end=at, prefix="NEW-")
        many(admin, "GROWING", 1_750, start=week, end=yesterday)
        assert look(database, "tenant_growth").state is OK
        many(admin, "GROWING", 1_100, start=yesterday, end=at, prefix="NEW-")
        check = look(database, "tenant_growth")
        assert (check.state, [one.object for one in check.evidence]) == (WARN, ["tenant GROWING"])
        many(admin, "GROWING", 1_500, start=yesterday, end=at, prefix="MORE-")
    assert look(database, "tenant_growth").state is FAIL


def test_one_tenant_that_takes_far_more_than_the_others_is_named(database: Database, url: DatabaseUrl) -> None:
    at = now()
    recently = at - timedelta(hours=20)
    with connect(url) as admin:
        many(admin, "LOUD", 1_500, start=recently, end=at)
        assert look(database, "neighbours").state is OK  # beside nobody
        many(admin, "QUIET", 300, start=recently, end=at)
        assert look(database, "neighbours").state is OK
        many(admin, "SMALL", 10, start=recently, end=at)
        many(admin, "SMALLER", 10, start=recently, end=at)
        check = look(database, "neighbours")
        assert (check.state, [one.object for one in check.evidence]) == (FAIL, ["tenant LOUD"])
        assert look(database, "neighbours", noisy_neighbour=(10, 200)).state is WARN


def test_one_tenant_with_far_more_breaches_than_the_others_is_named(database: Database, url: DatabaseUrl) -> None:
    at = now()
    old, late = at - timedelta(days=20), at - timedelta(hours=1)
    with connect(url) as admin:
        for tenant, count in (("LATE", 60), ("A", 1), ("B", 2)):
            many(admin, tenant, count, start=old, end=old + timedelta(hours=1), deadline=late)
    check = look(database, "neighbours")
    assert (check.state, [one.object for one in check.evidence]) == (WARN, ["tenant LATE"])
    assert "past their deadline" in check.evidence[0].finding


def test_missed_deadlines_and_what_nobody_touches_are_told_by_tenant(database: Database, url: DatabaseUrl) -> None:
    at = now()
    late = at - timedelta(minutes=5)
    create_tenant(database, "FINE", name=None, domain="Finance")
    assert look(database, "sla").state is OK
    with connect(url) as admin:
        many(admin, "LATE", 3, start=at - timedelta(hours=2), end=at - timedelta(hours=1), deadline=late)
        check = look(database, "sla")
        assert (check.state, [one.object for one in check.evidence]) == (WARN, ["tenant LATE"])
        assert look(database, "sla", breached=(1, 3)).state is FAIL
        old = at - timedelta(days=40)
        many(admin, "STUCK", 1, start=old, end=old + timedelta(days=1), deadline=late)
        check = look(database, "sla", breached=(NEVER, NEVER))
    assert (check.state, [one.object for one in check.evidence]) == (FAIL, ["exception EX-1 of STUCK"])
    assert check.evidence[0].fix == "sentinai exceptions show EX-1 --tenant STUCK"


def test_counting_what_is_late_ends_at_a_limit_and_says_so(database: Database, url: DatabaseUrl) -> None:
    late = now() - timedelta(hours=1)
    with connect(url) as admin:
        many(admin, "LATE", 10_050, start=late - timedelta(hours=1), end=late, deadline=late)
    assert "10,000 or more exceptions" in look(database, "sla").evidence[0].finding


def test_a_slot_that_nobody_reads_is_told_by_what_is_kept_for_it(database: Database, url: DatabaseUrl) -> None:
    assert look(database, "replication", slot_backlog=(0, 0)).state is OK
    with connect(url) as admin:
        admin.execute("SELECT pg_create_physical_replication_slot('forgotten', true)")
        try:
            assert states(database, "replication", "slot_backlog") == [OK, WARN, FAIL]
            (one,) = look(database, "replication", slot_backlog=(0, 0)).evidence
        finally:
            admin.execute("SELECT pg_drop_replication_slot('forgotten')")
    assert one.fix == "SELECT pg_drop_replication_slot('forgotten');"


def test_the_disk_of_the_embedded_server_is_looked_at_and_no_other(database: Database, tmp_path: Path) -> None:
    found = [look(database, "disk", home=tmp_path, disk_free=each).state for each in ((0, 0), (100, 0), (100, 100))]
    assert found == [OK, WARN, FAIL]
    assert look(database, "disk").state is UNKNOWN
    setting = Setting(embedded=False, now=now, thresholds=DEFAULTS)
    report, _ = check_health(database, setting, skip=["isolation"], advance=lambda _: None)
    assert "disk" not in {check.check for check in report.items}


def test_a_tenant_without_packs_warns_and_a_pack_that_fails_its_own_tests_fails(database: Database) -> None:
    create_tenant(database, "A", name=None, domain="Trading")
    assert look(database, "packs").state is WARN
    put(database, trading_edition(1))
    activate_pack(database, "A", PackReference(kind=PackKind.DOMAIN, name="Trading", version=None))
    assert look(database, "packs").state is OK
    wrong = trading_edition(2)
    wrong["testSuites"][0]["expectedOutput"]["severity"] = "LOW"
    with closing(Database(database.url, context=replace(context(), reason="known"))) as given:
        import_pack(given, as_bytes(wrong), source="pack.json", allow_failing_tests=True)
    activate_pack(database, "A", PackReference(kind=PackKind.DOMAIN, name="Trading", version=2))
    check = look(database, "packs")
    assert (check.state, check.evidence[0].object) == (FAIL, "domain:Trading@2")


def test_all_of_it_changes_nothing(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("B", 2))
    with unchanged(database.url):
        report, lost = check_health(
            database, Setting(embedded=True, now=now, thresholds=DEFAULTS), advance=lambda _: None
        )
    assert lost is None
    assert UNKNOWN not in {check.state for check in report.items}
