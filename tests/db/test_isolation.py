"""One tenant can never see or touch another, by the database's own rules."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import event

from sentinai_cli.db.engine import Database
from sentinai_cli.db.isolation import isolation
from sentinai_cli.db.isolation.table import GLOBAL
from sentinai_cli.db.isolation.trigger import APPEND_ONLY
from sentinai_cli.errors import Refused, SentinaiError
from sentinai_cli.models.database import Isolation
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.exception import NewException
from sentinai_cli.models.scope import AllTenants, TenantScope
from tests.conftest import connect
from tests.db.records import record
from tests.db.repository_matrix import MATRIX

TENANT_TABLES = {
    "erasure",
    "event_seal",
    "event_seal_entry",
    "exception",
    "exception_event",
    "legal_hold",
    "pack_activation",
    "playbook",
    "playbook_step",
    "seed_chunk",
    "seed_run",
    "tenant",
    "tenant_policy_pack_version",
    "tenant_purge",
    "tool_definition",
}

OPEN = {
    "alembic_version": "moves with every migration",
    "database_info": "the environment's mark and the epoch change",
    "migration_record": "going back takes a record away",
    "playbook": "which version is active changes",
    "playbook_step": "the steps of a version that is never changed; a step says nothing of what happened",
    "seed_chunk": "a ledger that a reset of the run clears",
    "seed_run": "its state and digest follow the run",
    "tenant": "its name and status change",
    "tool_definition": "follows the packs, and is switched on and off",
}


@pytest.fixture
def catalogue(url: DatabaseUrl) -> Iterator[psycopg.Connection]:
    with connect(url) as connection:
        yield connection


def test_every_table_is_either_a_tenants_or_global_for_a_stated_reason(catalogue: psycopg.Connection) -> None:
    tables = catalogue.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
    )
    assert {row[0] for row in tables} == TENANT_TABLES | GLOBAL.keys()


def test_every_table_is_either_guarded_against_change_or_open_to_it_for_a_stated_reason() -> None:
    assert APPEND_ONLY.keys() | OPEN.keys() == TENANT_TABLES | GLOBAL.keys()
    assert not APPEND_ONLY.keys() & OPEN.keys()


def test_every_tenant_table_has_a_mandatory_tenant_and_forced_policies(catalogue: psycopg.Connection) -> None:
    found = catalogue.execute(
        """
        SELECT c.relname, a.attnotnull, c.relrowsecurity, c.relforcerowsecurity,
               (SELECT array_agg(p.policyname || ' to ' || p.roles::text ORDER BY p.policyname)
                FROM pg_policies AS p WHERE p.tablename = c.relname)
        FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
        WHERE c.relname = ANY (%s) AND c.relkind = 'r'
        """,
        [sorted(TENANT_TABLES)],
    ).fetchall()
    policies = ["all_tenants to {sentinai_operator}", "tenant_scope to {public}"]
    assert {row[0]: row[1:] for row in found} == dict.fromkeys(TENANT_TABLES, (True, True, True, policies))


def test_the_tenant_is_part_of_every_key_of_a_tenant_table(catalogue: psycopg.Connection) -> None:
    keys = catalogue.execute(
        """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conrelid::regclass::text = ANY (%s) AND contype IN ('p', 'u', 'f')
        """,
        [sorted(TENANT_TABLES)],
    ).fetchall()
    without = [row[1] for row in keys if "tenant_id" not in row[2].split(")")[0]]
    assert without == ["fk_pack_activation_domain_pack_version"]  # into a global table
    assert len(keys) > len(TENANT_TABLES)


def test_the_scopes_roles_are_bound_by_the_policies_and_own_nothing(catalogue: psycopg.Connection) -> None:
    roles = catalogue.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname LIKE 'sentinai\\_%' ORDER BY 1"
    ).fetchall()
    bound = (False, False, False)
    assert [row for row in roles if row[0] != "sentinai_backup"] == [
        ("sentinai_app", *bound),
        ("sentinai_operator", *bound),
        ("sentinai_owner", *bound),
    ]
    owners = catalogue.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert owners == [("sentinai_owner",)]
    assert isolation(catalogue) is Isolation.ENFORCED


def test_a_table_that_loses_its_policy_is_called_degraded(catalogue: psycopg.Connection) -> None:
    catalogue.execute("ALTER TABLE exception NO FORCE ROW LEVEL SECURITY")
    assert isolation(catalogue) is Isolation.DEGRADED


def test_no_scope_may_delete_truncate_or_change_the_schema(catalogue: psycopg.Connection) -> None:
    forbidden = catalogue.execute(
        """
        SELECT r.role, c.relname, p.privilege
        FROM unnest(ARRAY['sentinai_app', 'sentinai_operator', 'sentinai_backup']) AS r(role),
             unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) AS p(privilege), pg_class AS c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
          AND has_table_privilege(r.role, c.oid, p.privilege)
        """
    ).fetchall()
    assert forbidden == []
    for role in ("sentinai_app", "sentinai_operator"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), catalogue.transaction():
            catalogue.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
            catalogue.execute("CREATE TABLE mine (id int)")


@pytest.mark.parametrize("table", sorted(TENANT_TABLES - {"erasure"}))
def test_without_a_tenant_set_nothing_is_visible(url: DatabaseUrl, store: Callable[..., int], table: str) -> None:
    store(record("A", 1))
    with connect(url) as connection, connection.transaction():
        connection.execute("SET LOCAL ROLE sentinai_app")
        for setting in (None, "SET LOCAL sentinai.tenant_id = ''"):
            if setting:
                connection.execute(setting)
            counted = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
            assert counted.fetchone() == (0,)


def test_as_one_tenant_anothers_rows_can_not_be_read_changed_or_added_to(
    url: DatabaseUrl, store: Callable[..., int]
) -> None:
    store(record("A", 1), record("B", 1), record("B", 2))
    with connect(url) as connection:

        def as_a(statement: str) -> psycopg.Cursor:
            connection.execute("SET LOCAL ROLE sentinai_app")
            connection.execute("SET LOCAL sentinai.tenant_id = 'A'")
            return connection.execute(statement)

        with connection.transaction():
            assert as_a("SELECT DISTINCT tenant_id FROM exception").fetchall() == [("A",)]
            assert connection.execute("SELECT DISTINCT tenant_id FROM exception_event").fetchall() == [("A",)]
            assert connection.execute("UPDATE exception SET owner = 'x' WHERE tenant_id = 'B'").rowcount == 0
        copied = "SELECT 'B', event_no, exception_id FROM exception_event"
        for statement in (
            "INSERT INTO exception SELECT * FROM exception",
            f"INSERT INTO exception_event (tenant_id, event_no, exception_id) {copied}",
            "INSERT INTO tenant (tenant_id, name, domain) VALUES ('C', 'c', 'Finance')",
            "DELETE FROM exception WHERE tenant_id = 'B'",
            "SELECT * FROM operation",
            "UPDATE exception_event SET payload = '{}'",
            "UPDATE exception SET tenant_id = 'B'",
        ):
            with pytest.raises(psycopg.Error) as caught, connection.transaction():
                as_a(statement)
            assert caught.value.sqlstate in {"42501", "428C9"}, statement


def test_an_id_of_another_tenant_is_free_and_tells_nothing(database: Database, store: Callable[..., int]) -> None:
    assert store(record("B", 7)) == 1
    assert store(record("A", 7)) == 1
    with database.begin(TenantScope("A")) as work:
        assert work.exceptions.owners_of("EX-000007") == ["A"]


def test_every_statement_of_a_tenants_scope_names_a_tenant(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    seen: list[tuple[str, object]] = []

    def remember(*arguments: object) -> None:
        seen.append((str(arguments[2]), arguments[3]))

    event.listen(database._engine, "before_cursor_execute", remember)
    for call in (call for calls in MATRIX.values() for call in calls):
        with suppress(SentinaiError, psycopg.Error, LookupError, ValueError), database.begin(TenantScope("A")) as work:
            list(result) if isinstance(result := call(work), Iterator) else None
    tables = re.compile(r"\b(?:FROM|JOIN|UPDATE|INTO) (" + "|".join(sorted(TENANT_TABLES)) + r")\b")
    touching = {statement: values for statement, values in seen if tables.search(statement)}
    assert {table for statement in touching for table in tables.findall(statement)} >= TENANT_TABLES - UNTOUCHED
    named = re.compile(r"%\(((?:param_|tenant_id)\w*)\)s")
    assert [text for text, values in touching.items() if not _tenants(named.findall(text), values)] == []


UNTOUCHED = {"erasure", "event_seal", "event_seal_entry", "seed_chunk"}
"""Tables that repositories reach by statements of their own, past SQLAlchemy."""


def _tenants(names: list[str], values: object) -> set[str]:
    given = [values[name] for name in names] if isinstance(values, dict) else []
    return {value for value in given if isinstance(value, str)} & {"A", "B"}


def test_a_tenants_scope_can_not_read_the_journal(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    with pytest.raises(Refused), database.begin(TenantScope("A")) as work:
        work.operations.newest(1)


def test_all_tenants_sees_all(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1), record("B", 1))
    with database.begin(AllTenants()) as work:
        assert sorted({row.tenant_id for row in work.exceptions.worst_unresolved(10)}) == ["A", "B"]


def test_a_record_of_another_tenant_is_not_loaded(database: Database, store: Callable[..., int]) -> None:
    store(record("A", 1))
    stray: NewException = replace(record("B", 5))
    with pytest.raises(ValueError, match=stray.exception_id), database.begin(TenantScope("A")) as work:
        work.exceptions.load("A", [stray])
