"""Health on a database that suffers or keeps things from the login: it ends in time and says what it could not see."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import sql

from sentinai_cli.db import queries
from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.engine import Database
from sentinai_cli.db.health.subject import LOCK_TIMEOUT_MS, STATEMENT_TIMEOUT_MS
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.db.queries import query
from sentinai_cli.errors import InvalidInput, Unavailable
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.health import CheckState, HealthReport
from sentinai_cli.models.health_measure import MEASURES
from sentinai_cli.models.health_threshold import DEFAULTS, LIMITS
from sentinai_cli.services.health import Setting, check_health
from sentinai_cli.services.health_check import chosen
from sentinai_cli.services.health_registry import HEALTH
from tests.conftest import connect, context, quiet
from tests.db.records import record
from tests.place import new_place
from tests.services.test_health_check import look, now, session

DB = Path(queries.__file__).parents[1]
INSTALLED = [place for place in sorted(Path("/usr/lib/postgresql").glob("*/bin")) if (place / "initdb").exists()]
READING_ROWS = {
    "schema",
    "isolation",
    "seals",
    "verification",
    "table_size",
    "tenant_growth",
    "sla",
    "neighbours",
    "packs",
}


def whole(database: Database) -> HealthReport:
    report, lost = check_health(database, Setting(embedded=False, now=now, thresholds=DEFAULTS), advance=lambda _: None)
    assert lost is None
    return report


def test_behind_locks_on_all_tables_it_ends_in_time_and_says_what_it_could_not_see(
    database: Database, url: DatabaseUrl, store: Callable[..., int]
) -> None:
    store(record("A", 1))
    with session(url, "locker") as locker:
        tables = locker.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        for (table,) in tables.fetchall():
            locker.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.Identifier(table)))
        began = time.monotonic()
        report = whole(database)
        spent = time.monotonic() - began
    unknown = {check.check for check in report.items if check.state is CheckState.UNKNOWN}
    assert unknown == READING_ROWS
    reasons = [one.finding for check in report.items for one in check.evidence if one.state is CheckState.UNKNOWN]
    assert [reason for reason in reasons if "lock" not in reason] == []
    assert spent < len(HEALTH) * (LOCK_TIMEOUT_MS + STATEMENT_TIMEOUT_MS) / 1000  # what the timeouts allow in all


def test_it_waits_for_no_lock_longer_than_its_timeout(database: Database, url: DatabaseUrl) -> None:
    with session(url) as locker, session(url) as watcher:
        locker.execute("LOCK TABLE tenant IN ACCESS EXCLUSIVE MODE")
        look(database, "sla")
        assert watcher.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() == (0,)


@pytest.fixture
def watcher(url: DatabaseUrl) -> Iterator[DatabaseUrl]:
    """A login that has no right at all but to connect."""
    with connect(url) as admin:
        admin.execute("CREATE ROLE watcher LOGIN PASSWORD 'words'")
        yield replace(url, user="watcher", password="words")
        admin.execute("DROP ROLE watcher")


def test_a_login_without_rights_gets_reasons_and_no_crash(url: DatabaseUrl, watcher: DatabaseUrl) -> None:
    with closing(Database(watcher, context=context())) as database, session(url) as hidden:
        hidden.execute("SELECT 1")
        report = whole(database)
        states = {check.check: check.state for check in report.items}
        hints = {check.check: [one.fix for one in check.evidence] for check in report.items}
    assert {name for name, state in states.items() if state is CheckState.UNKNOWN} >= {"sla", "packs", "transactions"}
    assert {states[name] for name in ("connectivity", "version", "clock", "connections", "wraparound")} == {
        CheckState.OK
    }
    assert hints["sla"] == ['GRANT sentinai_operator TO "watcher" WITH INHERIT FALSE, SET TRUE;']
    assert hints["transactions"] == ['GRANT pg_read_all_stats TO "watcher";']
    assert {check.state for check in report.items if not check.evidence} == {CheckState.OK}


def test_a_server_that_counts_nothing_is_no_healthy_one(database: Database, url: DatabaseUrl) -> None:
    with connect(url) as admin:
        admin.execute(f"ALTER DATABASE {url.database} SET track_counts = off")
    for name in ("deadlocks", "cache", "vacuum"):
        check = look(database, name)
        assert (check.state, check.evidence[0].object) == (CheckState.UNKNOWN, "track_counts")


def test_a_connection_that_is_ended_while_others_are_checked_leaves_them_unknown(
    database: Database, url: DatabaseUrl
) -> None:
    done = 0

    def end_it(count: int) -> None:
        nonlocal done
        done += count
        if done == 3:
            with connect(url) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )

    report, lost = check_health(database, Setting(embedded=True, now=now, thresholds=DEFAULTS), advance=end_it)
    assert (type(lost), lost and lost.code) == (Unavailable, "connection_lost")
    states = {check.check: check.state for check in report.items}
    assert len(states) == len(HEALTH) - 1
    assert states["connectivity"] is CheckState.OK
    assert states["packs"] is CheckState.UNKNOWN


def test_without_a_schema_what_needs_one_is_unknown_and_the_next_command_is_named(empty: Database) -> None:
    report = whole(empty)
    assert report.items[0].check == "schema"
    assert report.items[0].evidence[0].fix == "sentinai migrate"
    assert READING_ROWS - {"schema", "isolation", "table_size"} <= {
        check.check for check in report.items if check.state is CheckState.UNKNOWN
    }


def test_the_worst_come_first(database: Database, url: DatabaseUrl) -> None:
    with connect(url) as admin:
        admin.execute("ALTER TABLE exception DISABLE ROW LEVEL SECURITY")
        admin.execute("INSERT INTO tenant (tenant_id, name, domain) VALUES ('A', 'A', 'Finance')")
    order = [check.state.value for check in whole(database).items]
    assert order == sorted(order, key=["fail", "unknown", "warn", "ok"].index)
    assert {"fail", "warn", "ok"} <= set(order)


def test_every_query_says_at_its_head_what_it_gives() -> None:
    names = {path.stem for path in (DB / "queries").glob("*.sql")}
    assert [name for name in names if not query(name).startswith("-- ")] == []


def test_every_threshold_belongs_to_a_check_and_every_check_says_what_to_do() -> None:
    assert {name for check in HEALTH for name in check.thresholds} == set(LIMITS)
    assert [check.name for check in HEALTH if not check.todo] == []


def test_every_check_is_provoked() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_health_*.py"))
    assert [
        check.name
        for check in HEALTH
        if f'look(database, "{check.name}"' not in tests
        and f'look(shared, "{check.name}"' not in tests
        and f'states(database, "{check.name}"' not in tests
    ] == []


def test_every_number_that_is_declared_is_read_somewhere() -> None:
    sources = "".join(path.read_text() for path in (DB / "health").glob("*.py"))
    sources += (DB.parent / "services" / "health_pack.py").read_text()
    assert {name for name in MEASURES if f'"{name}"' not in sources} == set()


def test_a_name_that_no_check_has_is_refused_with_the_nearest() -> None:
    with pytest.raises(InvalidInput) as caught:
        chosen(HEALTH, ["blockin"])
    assert "blocking" in (caught.value.why or "")
    with pytest.raises(InvalidInput) as caught:
        chosen(HEALTH, [], ["zzz"])
    assert "connectivity" in (caught.value.why or "")
    with pytest.raises(InvalidInput) as caught:
        chosen(HEALTH, ["cache"], ["cache"])
    assert caught.value.code == "no_check_left"


@pytest.mark.slow
@pytest.mark.parametrize("programs", [None, *INSTALLED], ids=lambda place: place.parent.name if place else "embedded")
def test_every_check_can_be_made_on_each_version_by_a_login_that_is_no_superuser(programs: Path | None) -> None:
    with new_place() as place:
        superuser = EmbeddedServer(place / "home", pg_bin=programs).ensure()
        with connect(superuser) as admin:
            admin.execute("CREATE ROLE platform LOGIN CREATEROLE CREATEDB PASSWORD 'words'")
        login = replace(superuser, user="platform", password="words", database="postgres")
        with connect(login) as limited:
            limited.execute("CREATE DATABASE platform")
        with closing(Database(replace(login, database="platform"), context=context())) as database:
            upgrade(database, say=quiet, environment=Environment.DEVELOPMENT)
            report = whole(database)
            assert {check.check: check.state for check in report.items if check.state is not CheckState.OK} == {}
            with session(replace(superuser, database="platform")) as other:
                other.execute("SELECT 1")
                hidden = [check.check for check in whole(database).items if check.state is CheckState.UNKNOWN]
    assert hidden == ["transactions", "idle_transactions"]
