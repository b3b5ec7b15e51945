"""Each check of isolation is ok on what the migrations make, names what breaks it, and its fix mends it."""

from collections.abc import Callable, Iterator
from contextlib import closing

import psycopg
import pytest
from psycopg import sql

from sentinai_cli.db.engine import Database
from sentinai_cli.db.isolation.bypass import functions, views
from sentinai_cli.db.isolation.grant import grants
from sentinai_cli.db.isolation.key import keys
from sentinai_cli.db.isolation.moment import Look
from sentinai_cli.db.isolation.parent import pairs
from sentinai_cli.db.isolation.policy import policies, row_security
from sentinai_cli.db.isolation.role import logins, scope_roles
from sentinai_cli.db.isolation.specimen import specimen
from sentinai_cli.db.isolation.table import tables
from sentinai_cli.db.isolation.trigger import triggers
from sentinai_cli.db.schema import metadata
from sentinai_cli.errors import CheckFailed, InvalidInput
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.health import CheckState, Evidence, HealthCheck, HealthReport
from sentinai_cli.services.health import check_isolation
from sentinai_cli.services.health_registry import ISOLATION
from tests.conftest import connect, context
from tests.db.records import record
from tests.services.isolation_break import BREAKS
from tests.services.pooler import needs_pgbouncer, pooled
from tests.services.rows import unchanged

FAIL, WARN = CheckState.FAIL, CheckState.WARN


LINTS: dict[str, Look] = {
    "tables": tables,
    "row_security": row_security,
    "policies": policies,
    "keys": keys,
    "roles": scope_roles,
    "logins": lambda connection: logins(connection, embedded=True),
    "functions": functions,
    "views": views,
    "grants": grants,
    "triggers": triggers,
}


@pytest.fixture
def admin(shared: Database) -> Iterator[psycopg.Connection]:
    """The superuser in a transaction that is rolled back: roles belong to the server that other tests use too."""
    with connect(shared.url) as connection, connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL search_path = public")
        yield connection


def found(ask: Look, admin: psycopg.Connection) -> list[Evidence]:
    return list(ask(admin).evidence)


def test_every_lint_has_a_provocation() -> None:
    others = {"parents", "probe"}
    assert {check.name for check in ISOLATION} == set(LINTS) | others == {name for name, *_ in BREAKS} | others


@pytest.mark.parametrize(("check", "breaking", "state", "about", "said"), BREAKS)
def test_a_lint_names_what_is_broken_and_its_fix_mends_it(
    check: str, breaking: str, state: CheckState, about: str, said: str, admin: psycopg.Connection
) -> None:
    ask = LINTS[check]
    assert found(ask, admin) == []
    admin.execute(breaking)
    seen = found(ask, admin)
    named = [one for one in seen if one.object.startswith(about) and said in one.finding]
    assert named, seen
    assert {one.state for one in named} == {state}
    for _ in range(4):  # a fix may uncover what another one mends
        for one in found(ask, admin):
            assert one.fix is not None
            if one.fix.startswith("sentinai"):
                admin.execute("ALTER TABLE seed_chunk ADD PRIMARY KEY (tenant_id, identity, first_no)")
            else:
                admin.execute(one.fix)
    assert found(ask, admin) == []


def test_a_view_that_reads_with_the_rights_of_who_asks_is_no_finding(admin: psycopg.Connection) -> None:
    admin.execute("CREATE VIEW mine WITH (security_invoker = on) AS SELECT * FROM exception")
    admin.execute("CREATE VIEW harmless AS SELECT environment FROM database_info")
    admin.execute("CREATE MATERIALIZED VIEW other AS SELECT 1 AS one")
    assert found(views, admin) == []


def test_a_policy_that_only_narrows_is_no_finding(admin: psycopg.Connection) -> None:
    admin.execute("CREATE POLICY narrow ON exception AS RESTRICTIVE USING (severity <> 'low')")
    assert found(policies, admin) == []


def test_a_role_that_is_missing_is_named(admin: psycopg.Connection) -> None:
    admin.execute("ALTER ROLE sentinai_backup RENAME TO elsewhere")
    (one,) = found(scope_roles, admin)
    assert (one.object, one.fix) == ("role sentinai_backup", "CREATE ROLE sentinai_backup NOLOGIN;")


def test_a_login_that_cannot_take_the_scopes_is_named(admin: psycopg.Connection) -> None:
    admin.execute("CREATE ROLE newcomer; SET LOCAL ROLE newcomer")
    seen = found(scope_roles, admin)
    assert [one.object for one in seen] == ["login newcomer"] * 2
    admin.execute("RESET ROLE")
    for one in seen:
        admin.execute(one.fix or "")
    admin.execute("SET LOCAL ROLE newcomer")
    assert found(scope_roles, admin) == []


def test_a_superuser_is_worth_a_warning_where_the_server_is_not_our_own(admin: psycopg.Connection) -> None:
    (one,) = logins(admin, embedded=False).evidence
    assert one.state is WARN
    assert "superuser" in one.finding
    admin.execute(one.fix or "")
    admin.execute("SET LOCAL ROLE sentinai_login")
    assert logins(admin, embedded=False).evidence == ()


def checked(database: Database, *only: str) -> HealthReport:
    return check_isolation(database, embedded=True, only=only, advance=lambda _: None)


def one(database: Database, name: str) -> HealthCheck:
    (check,) = checked(database, name).items
    return check


@pytest.fixture
def broken(url: DatabaseUrl) -> Callable[[str], None]:
    """Break the database as a superuser, constraints and triggers aside, and leave it broken."""

    def breaking(statement: str) -> None:
        with connect(url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement)

    return breaking


def test_all_is_ok_after_migration_and_with_rows_and_nothing_is_left_behind(
    database: Database, store: Callable[..., int]
) -> None:
    assert checked(database).state is CheckState.OK
    store(record("A", 1), record("A", 2), record("B", 1))
    with unchanged(database.url):
        report = checked(database)
    assert [(check.check, check.state) for check in report.items] == [(check.name, "ok") for check in ISOLATION]


def test_the_worst_come_first(database: Database, broken: Callable[[str], None]) -> None:
    broken("CREATE TABLE notes (body text); ALTER TABLE exception NO FORCE ROW LEVEL SECURITY")
    broken(
        "CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        " CREATE TRIGGER copying BEFORE INSERT ON exception FOR EACH ROW EXECUTE FUNCTION copy()"
    )
    states = [(check.check, check.state) for check in checked(database, "keys", "triggers", "tables").items]
    assert states == [("tables", FAIL), ("triggers", WARN), ("keys", CheckState.OK)]
    assert checked(database, "keys", "triggers").state is WARN


ASTRAY = [
    (
        "ALTER TABLE exception_event DISABLE TRIGGER USER; UPDATE exception_event SET tenant_id = 'B'",
        "exception_event B/EX-000001/1",
        "its exception is not there under its tenant; A has one (2 such rows in exception_event)",
    ),
    ("DELETE FROM tenant WHERE tenant_id = 'A'", "exception A/EX-000001", "its tenant is not there under its tenant"),
    (
        (
            "INSERT INTO seed_chunk (tenant_id, identity, first_no, records, inserted)"
            " VALUES ('A', repeat('0', 64), 1, 1, 1)"
        ),
        f"seed_chunk A/{'0' * 64}/1",
        "its seed_run is not there",
    ),
    (
        (
            "INSERT INTO tenant_policy_pack_version (tenant_id, version, domain, pack_json, checksum, created_by)"
            " VALUES ('A', 1, 'Finance', '{\"tenantId\": \"B\"}', repeat('0', 64), 'x')"
        ),
        "policy pack 1 of A",
        "says that it is B's",
    ),
]


@pytest.mark.parametrize(("breaking", "about", "said"), ASTRAY)
def test_a_row_whose_parent_is_another_tenants_is_found(
    database: Database,
    store: Callable[..., int],
    broken: Callable[[str], None],
    breaking: str,
    about: str,
    said: str,
) -> None:
    store(record("A", 1), record("B", 2))
    assert one(database, "parents").state is CheckState.OK
    broken(breaking)
    check = one(database, "parents")
    assert check.state is FAIL
    assert any(item.object == about and said in item.finding for item in check.evidence), check.evidence


PAIRS = sorted((table.name, str(key.name)) for table, key in pairs())


@pytest.mark.parametrize(("child", "key"), PAIRS)
def test_every_pair_of_tables_is_looked_at(
    database: Database, url: DatabaseUrl, broken: Callable[[str], None], child: str, key: str
) -> None:
    table = metadata.tables[child]
    (link,) = (each for each in table.foreign_key_constraints if each.name == key)
    row = {column.name: 1 for column in link.columns} | specimen(table, "A")
    above = specimen(link.referred_table, "B")
    broken(f"ALTER TABLE {child} DISABLE TRIGGER USER")
    with connect(url) as admin:
        admin.execute("SET session_replication_role = replica")
        for name, values in ((child, row), (link.referred_table.name, above)):
            admin.execute(insertion(name, values), list(values.values()))
    found = [item.finding for item in one(database, "parents").evidence if item.object.startswith(f"{child} A")]
    (finding,) = (text for text in found if text.startswith(f"its {link.referred_table.name} is not there"))
    assert ("; B has one" in finding) is (link.referred_table.name != "tenant")


def insertion(table: str, row: dict[str, object]) -> sql.Composed:
    names, values = sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join([sql.Placeholder()] * len(row))
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(sql.Identifier(table), names, values)


def test_the_way_to_a_stray_row_is_a_query_that_finds_it(
    url: DatabaseUrl, database: Database, store: Callable[..., int], broken: Callable[[str], None]
) -> None:
    store(record("A", 1, exception_id="o'brien\\"))
    broken("ALTER TABLE exception DISABLE TRIGGER USER; DELETE FROM exception")
    looking = [item.fix for item in one(database, "parents").evidence]
    with connect(url) as admin:
        assert [len(admin.execute(query or "").fetchall()) for query in looking] == [1, 1]


LEAKS = [
    ("ALTER TABLE exception DISABLE ROW LEVEL SECURITY", "exception", "the rows of another are to be seen"),
    ("ALTER TABLE exception DISABLE ROW LEVEL SECURITY", "exception", "a row was added to another"),
    ("ALTER TABLE seed_run DISABLE ROW LEVEL SECURITY", "seed_run", "another's row was changed"),
    ("ALTER POLICY tenant_scope ON seed_run USING (true)", "seed_run", "the rows of another are to be seen"),
    ("ALTER POLICY tenant_scope ON seed_run WITH CHECK (true)", "seed_run", "a row was added to another"),
    ("ALTER POLICY tenant_scope ON seed_run USING (false)", "seed_run", "its own are hidden"),
    (
        (
            "ALTER POLICY tenant_scope ON seed_run USING (coalesce(current_setting('sentinai.tenant_id', true), '')"
            " IN ('', tenant_id))"
        ),
        "seed_run",
        "without a tenant set",
    ),
    (
        (
            "GRANT DELETE ON seed_chunk TO sentinai_app; CREATE POLICY gone ON seed_chunk FOR DELETE USING (true);"
            " CREATE POLICY seen ON seed_chunk FOR SELECT USING (true)"
        ),
        "seed_chunk",
        "another's row was removed",
    ),
    (
        (
            "GRANT UPDATE (tenant_id) ON seed_chunk TO sentinai_app;"
            " CREATE POLICY seen ON seed_chunk FOR SELECT USING (true);"
            " ALTER POLICY tenant_scope ON seed_chunk WITH CHECK (true)"
        ),
        "seed_chunk",
        "a row was given to another",
    ),
    ("ALTER TABLE tenant DISABLE ROW LEVEL SECURITY", "tenant", "is not bound by its policies"),
]


@pytest.mark.parametrize(("breaking", "table", "said"), LEAKS)
def test_the_probe_gets_through_where_a_wall_is_missing(
    database: Database, broken: Callable[[str], None], breaking: str, table: str, said: str
) -> None:
    broken(breaking)
    with unchanged(database.url):
        check = one(database, "probe")
    assert check.state is FAIL
    assert [item for item in check.evidence if item.object == f"table {table}" and said in item.finding]
    assert {item.object for item in check.evidence} == {f"table {table}"}
    broken(next(item.fix for item in check.evidence if item.fix))
    broken("DROP POLICY IF EXISTS gone ON seed_chunk; DROP POLICY IF EXISTS seen ON seed_chunk")
    assert one(database, "probe").state is CheckState.OK


def test_a_check_that_cannot_look_is_unknown_and_keeps_no_other_from_looking(
    database: Database, broken: Callable[[str], None]
) -> None:
    with connect(database.url) as admin:
        admin.execute(f"ALTER DATABASE {database.url.database} SET default_transaction_read_only = on")
    database.close()
    with closing(Database(database.url, context=context())) as fresh:
        report = checked(fresh)
    assert [check.check for check in report.items if check.state is CheckState.UNKNOWN] == ["probe"]
    (why,) = report.items[0].evidence
    assert "read-only" in why.finding
    assert report.state is CheckState.UNKNOWN


@needs_pgbouncer
def test_behind_a_pooler_it_is_as_without(url: DatabaseUrl, store: Callable[..., int]) -> None:
    store(record("A", 1), record("B", 1))
    with pooled(url, size=2) as shared, closing(Database(shared, context=context(), direct_url=url)) as database:
        assert checked(database).state is CheckState.OK


def test_without_our_schema_there_is_nothing_to_judge(empty_url: DatabaseUrl) -> None:
    with closing(Database(empty_url, context=context())) as empty, pytest.raises(CheckFailed) as caught:
        checked(empty)
    assert (caught.value.code, caught.value.fix) == ("schema_behind", "sentinai migrate")
    assert "exception_event" in (caught.value.why or "")


def test_a_check_that_does_not_exist_is_refused_with_those_that_do(shared: Database) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked(shared, "polices")
    assert "policies" in (caught.value.why or "")
