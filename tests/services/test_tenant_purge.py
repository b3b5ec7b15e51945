"""A purge takes all that a tenant has and nothing else, says what it took, and can be cut off anywhere."""

import hashlib
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from sentinai_cli.db.engine import Database
from sentinai_cli.db.isolation.specimen import global_parents, specimen, tenant_tables
from sentinai_cli.db.repositories.tenant_purge import ERASED, KEPT, purged_tables
from sentinai_cli.errors import Conflict, InvalidInput, NotFound, Refused
from sentinai_cli.models.database import Environment
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.scope import AllTenants, Maintenance, TenantScope
from sentinai_cli.models.tenant import TenantStatus
from sentinai_cli.models.tenant_purge import TenantPurged
from sentinai_cli.services import erasure_export
from sentinai_cli.services.environment import set_environment
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.event_seal import seal_events
from sentinai_cli.services.legal_hold import place_hold, release_hold
from sentinai_cli.services.seed import seed
from sentinai_cli.services.tenant import create_tenant, list_tenants
from sentinai_cli.services.tenant_purge import plan_purge, purge_tenant
from sentinai_cli.services.tenant_status import switch_tenant
from sentinai_cli.services.tenant_usage import show_tenant
from tests.conftest import connect, context, fresh_database, quiet
from tests.db.records import record
from tests.db.test_event_log import OWNER
from tests.services.conftest import AS_OF, ignore, request
from tests.services.rows import everything, unchanged
from tests.services.test_retention import LATER, lines, of

TOP = Path(__file__).parents[2]
FINANCE, HEALTHCARE = "TENANT_FINANCE_001", "TENANT_HEALTHCARE_042"
PATIENCE = 30.0


def _with_reason(url: DatabaseUrl) -> Database:
    return Database(url, context=replace(context("tenants purge"), reason="left us"))


@pytest.fixture
def opened(server: DatabaseUrl, samples: str) -> Iterator[Database]:
    """The samples, in the hands of somebody who says why."""
    with fresh_database(server, samples) as made:
        database = _with_reason(made)
        yield database
        database.close()


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasure_export, "BATCH", 20)


def purge(database: Database, place: Path, tenant_id: str = FINANCE, **options: Any) -> TenantPurged:
    given: dict[str, Any] = {"exports": True, "now": LATER, "advance": ignore, **options}
    return purge_tenant(database, tenant_id, place, **given)


def counts(rows: dict[str, list[dict[str, object]]]) -> dict[str, int]:
    return {table: len(found) for table, found in rows.items() if table not in KEPT}


@pytest.mark.parametrize("exports", [True, False])
def test_the_receipt_says_exactly_what_vanished_and_nobody_else_lost_anything(
    opened: Database, tmp_path: Path, exports: bool
) -> None:
    seal_events(opened, AllTenants(), now=AS_OF, advance=ignore)
    before, other = of(opened.url, FINANCE), of(opened.url, HEALTHCARE)
    kept = everything(opened.url)
    planned = {table.table: table.rows for table in plan_purge(opened, FINANCE).tables}
    done = purge(opened, tmp_path, exports=exports)
    after = of(opened.url, FINANCE)
    went = {table.table: table.rows for table in done.tables}
    assert went == planned == {name: rows for name, rows in counts(before).items() if name in went}
    assert went["exception"] > 0
    assert went["pack_activation"] > 0
    assert set(counts(after).values()) == {0}
    assert of(opened.url, HEALTHCARE) == other
    for table in ("domain_pack_version", "database_info", "migration_record"):
        assert everything(opened.url)[table] == kept[table]
    assert len(after["erasure"]) == went["exception"]
    assert after["event_seal"] == before["event_seal"]
    verified = verify_events(opened, AllTenants(), advance=ignore, folded=True)
    assert (verified.broken, verified.breaks) == (0, ())
    assert json.loads(Path(done.file).read_bytes()) == done.model_dump(mode="json")
    assert bool(done.exports) == exports
    assert list(tmp_path.iterdir()) == [Path(done.file)] if not exports else len(list(tmp_path.iterdir())) == 2


def test_what_is_exported_is_all_there_was(opened: Database, tmp_path: Path) -> None:
    before = of(opened.url, FINANCE)
    done = purge(opened, tmp_path)
    (export,) = done.exports
    place = Path(export.directory)
    digests = {table.table: table.sha256 for table in done.tables}
    for name in purged_tables():
        data = (place / f"{name}.jsonl").read_bytes()
        assert hashlib.sha256(data).hexdigest() == digests[name]
        written = [json.loads(line) for line in data.splitlines()]
        assert sorted(written, key=str) == sorted(before[name], key=str)
    assert len(lines(place / "exceptions.jsonl")) == len(before["exception"])
    assert len(lines(place / "events.jsonl")) == len(before["exception_event"])
    heads = sorted((str(row["exception_id"]), str(row["head_hash"])) for row in of(opened.url, FINANCE)["erasure"])
    told = "".join(f"{name}\t{head.removeprefix(chr(92) + 'x')}\n" for name, head in heads)
    assert hashlib.sha256(told.encode()).hexdigest() == digests["exception"]
    assert hashlib.sha256((place / "manifest.json").read_bytes()).hexdigest() == export.manifest_sha256


def test_the_id_stays_taken_and_nothing_comes_back_under_it(opened: Database, tmp_path: Path) -> None:
    purge(opened, tmp_path)
    shown = show_tenant(opened, FINANCE, now=LATER)
    assert (shown.status, shown.name, shown.exceptions) == (TenantStatus.PURGED, FINANCE, 0)
    assert [tenant.tenant_id for tenant in list_tenants(opened, [TenantStatus.PURGED]).items] == [FINANCE]
    for name, again in ((FINANCE, False), (FINANCE, True), (FINANCE.lower(), False)):
        with pytest.raises(Conflict) as caught:
            create_tenant(opened, name, name=None, domain="Finance", if_not_exists=again)
        assert caught.value.code == "tenant_purged"
    for act in (
        lambda: switch_tenant(opened, FINANCE, TenantStatus.ACTIVE),
        lambda: seed(opened, request(FINANCE, as_of=AS_OF), embedded=False, now=AS_OF, say=quiet, advance=ignore),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "tenant_purged"
    with connect(opened.url) as admin:
        admin.execute("UPDATE tenant SET status = 'active' WHERE tenant_id = %s", [FINANCE])
        with pytest.raises(psycopg.errors.InsufficientPrivilege), admin.transaction():
            admin.execute(f"SET LOCAL ROLE sentinai_app; SET LOCAL sentinai.tenant_id = '{FINANCE}'")
            admin.execute("INSERT INTO exception (tenant_id) VALUES ('x')")


def test_purging_again_changes_nothing_and_writes_a_lost_receipt_again(opened: Database, tmp_path: Path) -> None:
    done = purge(opened, tmp_path)
    Path(done.file).unlink()
    before = of(opened.url, FINANCE)
    again = purge(opened, tmp_path)
    assert again == done.model_copy(update={"purged": False})
    assert Path(done.file).exists()
    assert of(opened.url, FINANCE) == before


def test_the_journal_has_counts_and_digests_and_no_data(opened: Database, tmp_path: Path) -> None:
    done = purge(opened, tmp_path)
    with opened.begin(AllTenants()) as work:
        end, begin = work.operations.newest(2)
    assert (begin.operation_id, begin.tenant_id, end.tenant_id) == (done.operation_id, FINANCE, FINANCE)
    assert end.after["rows"] == {table.table: table.rows for table in done.tables}
    assert end.reason == "left us"
    assert "rawPayload" not in json.dumps([end.before, end.after])


@pytest.mark.parametrize("whole", [True, False])
def test_a_hold_on_anything_of_the_tenant_is_in_the_way(opened: Database, tmp_path: Path, whole: bool) -> None:
    with opened.begin(TenantScope(FINANCE)) as work:
        one = work.connection.exec_driver_sql("SELECT max(exception_id) FROM exception").scalar_one()
    hold = place_hold(opened, FINANCE, None if whole else one, now=AS_OF).hold
    with unchanged(opened.url), pytest.raises(Refused) as caught:
        purge(opened, tmp_path)
    assert caught.value.code == "legal_hold"
    assert list(tmp_path.iterdir()) == []
    release_hold(opened, hold)
    assert purge(opened, tmp_path).purged


def test_a_hold_placed_while_it_is_under_way_stops_it_until_released(opened: Database, tmp_path: Path) -> None:
    steps: list[int] = []
    counsel = _with_reason(opened.url)

    def advance(_: int) -> None:
        steps.append(1)
        if len(steps) == 4:
            place_hold(counsel, FINANCE, None, now=AS_OF)

    with pytest.raises(Refused) as caught:
        purge(opened, tmp_path, advance=advance)
    assert caught.value.code == "legal_hold"
    held = of(opened.url, FINANCE)
    assert len(held["exception"]) > 0
    assert len(held["pack_activation"]) > 0
    with pytest.raises(Refused) as refused:
        switch_tenant(opened, FINANCE, TenantStatus.ACTIVE)
    assert refused.value.fix == f"sentinai tenants purge {FINANCE}"
    with counsel.begin(AllTenants(), read_only=True) as work:
        (hold,) = work.legal_holds.list_all()
    release_hold(counsel, hold)
    counsel.close()
    done = purge(opened, tmp_path)
    assert {table.rows for table in done.tables if table.table == "exception"} == {
        len(of(opened.url, FINANCE)["erasure"])
    }
    assert set(counts(of(opened.url, FINANCE)).values()) == {0}


def test_it_is_refused_on_production_for_nobody_and_without_a_reason_where_one_is_needed(
    opened: Database, tmp_path: Path
) -> None:
    bare = Database(opened.url, context=context("tenants purge"))
    with unchanged(opened.url):
        with pytest.raises(NotFound):
            purge(opened, tmp_path, "NOBODY")
        with pytest.raises(InvalidInput):
            purge(bare, tmp_path, exports=False)
    bare.close()
    set_environment(opened, Environment.PRODUCTION)
    with unchanged(opened.url), pytest.raises(Refused) as caught:
        purge(opened, tmp_path)
    assert caught.value.code == "production_protected"


HISTORIES = [
    "DELETE FROM pack_activation",
    "DELETE FROM tenant_policy_pack_version",
    "UPDATE pack_activation SET reason = 'x'",
    "UPDATE tenant_policy_pack_version SET note = 'x'",
]
ENTRY = [
    "DELETE FROM tenant_purge",
    "TRUNCATE tenant_purge",
    "UPDATE tenant_purge SET reason = 'x'",
    "UPDATE tenant_purge SET tenant_id = tenant_id",
    "UPDATE tenant_purge SET finished_at = NULL, receipt = NULL",
]


def _refused(url: DatabaseUrl, statement: str, tenant_id: str) -> None:
    as_owner = OWNER.replace("'A'", f"'{tenant_id}'")
    with connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute(as_owner)
        connection.execute(statement)


def test_the_door_opens_in_the_transaction_that_touches_the_entry_and_in_no_other(opened: Database) -> None:
    for statement in HISTORIES:
        _refused(opened.url, statement, HEALTHCARE)
    with opened.begin(Maintenance("test")) as work:
        work.erasures.enter(HEALTHCARE)
        work.tenant_purges.begin(HEALTHCARE, uuid4(), reason=None, by="x", rows={})
    for statement in HISTORIES:
        _refused(opened.url, statement, HEALTHCARE)
    with opened.begin(Maintenance("test")) as work:
        work.erasures.enter(HEALTHCARE)
        work.tenant_purges.open_door(HEALTHCARE)
        assert work.tenant_purges.delete("pack_activation", HEALTHCARE) == 1
        assert work.tenant_purges.delete("pack_activation", FINANCE) == 0


def test_what_a_purge_says_of_itself_is_not_changed_afterwards(opened: Database, tmp_path: Path) -> None:
    purge(opened, tmp_path)
    for statement in ENTRY:
        _refused(opened.url, statement, FINANCE)


def test_every_table_of_tenants_is_emptied_or_kept_for_a_stated_reason(
    url: DatabaseUrl, database: Database, store: Callable[..., int], tmp_path: Path
) -> None:
    """A table that somebody adds, and a trigger that keeps its rows from going, is found here."""
    store(record("A", 1), record("B", 1))
    assert {table.name for table in tenant_tables()} == {*purged_tables(), *KEPT, *ERASED}
    with connect(url) as connection, connection.transaction():
        for tenant_id in ("A", "B"):
            connection.execute(OWNER.replace("'A'", f"'{tenant_id}'"))
            for table in (*global_parents(), *tenant_tables()):
                if table.name not in (*KEPT, *ERASED) or table in global_parents():
                    row = specimen(table, tenant_id)
                    connection.execute(
                        sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT DO NOTHING").format(
                            sql.Identifier(table.name),
                            sql.SQL(", ").join(map(sql.Identifier, row)),
                            sql.SQL(", ").join(sql.Placeholder() for _ in row),
                        ),
                        list(row.values()),
                    )
    planned = {table.table: table.rows for table in plan_purge(database, "A").tables}
    assert all(planned.values())
    other = of(url, "B")
    done = purge(database, tmp_path, "A")
    assert {table.table: table.rows for table in done.tables} == planned
    assert set(counts(of(url, "A")).values()) == {0}
    assert of(url, "B") == other


@pytest.mark.slow
@pytest.mark.parametrize("how", ["export", "none"])
@pytest.mark.parametrize("times", [1, 2, 3, 5])
def test_killed_anywhere_and_repeated_it_ends_as_if_nothing_had_happened(
    url: DatabaseUrl, store: Callable[..., int], tmp_path: Path, times: int, how: str
) -> None:
    store(*(record("A", number) for number in range(1, 14)), record("B", 1))
    words = [sys.executable, "-m", "tests.services.tenant_purge_victim", url.text, str(tmp_path), str(times), how]
    with subprocess.Popen(words, cwd=TOP) as process:
        code = process.wait(PATIENCE)
    assert code == (-signal.SIGKILL if how == "export" or times < 5 else 0)
    other = of(url, "B")
    opened = _with_reason(url)
    done = purge(opened, tmp_path, "A", exports=how == "export")
    went = {table.table: table.rows for table in done.tables}
    assert (went["exception"], went["exception_event"]) == (13, 26)
    assert len(of(url, "A")["erasure"]) == 13
    written = {one["exception_id"] for path in tmp_path.glob("*/exceptions.jsonl") for one in lines(path)}
    assert len(written) == (13 if how == "export" else 0)
    assert of(url, "B") == other
    assert verify_events(opened, AllTenants(), advance=ignore).broken == 0
    opened.close()
