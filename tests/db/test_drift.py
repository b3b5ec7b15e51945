"""Whatever somebody changes in the schema by hand is named, exactly and alone."""

import json
from collections.abc import Iterator

import psycopg
import pytest

from sentinai_cli.db import migration_script
from sentinai_cli.db.engine import Database
from sentinai_cli.db.fingerprint import differences, fingerprint, shipped
from sentinai_cli.models.database import SchemaState
from sentinai_cli.models.database_url import DatabaseUrl
from sentinai_cli.models.migration import Drift, DriftProblem, RevisionState
from sentinai_cli.services.migrate import migration_check
from tests.conftest import connect, fresh_database

MISSING, CHANGED, UNEXPECTED = DriftProblem.MISSING, DriftProblem.CHANGED, DriftProblem.UNEXPECTED

DRIFTS = {
    "a table dropped": ("DROP TABLE seed_chunk", "table seed_chunk", MISSING),
    "a table more": ("CREATE TABLE notes (id int)", "table notes", UNEXPECTED),
    "another owner": ("ALTER TABLE seed_run OWNER TO sentinai_app", "table seed_run", CHANGED),
    "row security off": ("ALTER TABLE exception DISABLE ROW LEVEL SECURITY", "table exception", CHANGED),
    "row security not forced": ("ALTER TABLE exception NO FORCE ROW LEVEL SECURITY", "table exception", CHANGED),
    "an unlogged table": ("ALTER TABLE operation SET UNLOGGED", "table operation", CHANGED),
    "a column dropped": ("ALTER TABLE seed_run DROP COLUMN digest", "column seed_run.digest", MISSING),
    "a column more": ("ALTER TABLE exception ADD COLUMN note text", "column exception.note", UNEXPECTED),
    "another type": ("ALTER TABLE seed_run ALTER COLUMN records TYPE bigint", "column seed_run.records", CHANGED),
    "null allowed": ("ALTER TABLE exception ALTER COLUMN domain DROP NOT NULL", "column exception.domain", CHANGED),
    "another default": ("ALTER TABLE tenant ALTER COLUMN status SET DEFAULT 'x'", "column tenant.status", CHANGED),
    "another collation": (
        'ALTER TABLE exception ALTER COLUMN owner TYPE text COLLATE "POSIX"',
        "column exception.owner",
        CHANGED,
    ),
    "a primary key dropped": (
        "ALTER TABLE seed_chunk DROP CONSTRAINT pk_seed_chunk",
        "primary key seed_chunk.pk_seed_chunk",
        MISSING,
    ),
    "a unique key dropped": (
        "ALTER TABLE exception_event DROP CONSTRAINT uq_exception_event_event_id",
        "unique key exception_event.uq_exception_event_event_id",
        MISSING,
    ),
    "a foreign key dropped": (
        "ALTER TABLE seed_chunk DROP CONSTRAINT fk_seed_chunk_seed_run",
        "foreign key seed_chunk.fk_seed_chunk_seed_run",
        MISSING,
    ),
    "a foreign key that nobody enforces": (
        "ALTER TABLE seed_chunk DISABLE TRIGGER ALL",
        "foreign key seed_chunk.fk_seed_chunk_seed_run",
        CHANGED,
    ),
    "a check dropped": (
        "ALTER TABLE exception DROP CONSTRAINT ck_exception_status",
        "check exception.ck_exception_status",
        MISSING,
    ),
    "a check weakened": (
        (
            "ALTER TABLE erasure DROP CONSTRAINT ck_erasure_events,"
            " ADD CONSTRAINT ck_erasure_events CHECK (events >= 0) NOT VALID"
        ),
        "check erasure.ck_erasure_events",
        CHANGED,
    ),
    "an index dropped": ("DROP INDEX ix_exception_newest", "index ix_exception_newest", MISSING),
    "an index more": ("CREATE INDEX ix_mine ON exception (owner)", "index ix_mine", UNEXPECTED),
    "an index on something else": (
        "DROP INDEX ix_exception_type; CREATE INDEX ix_exception_type ON exception (tenant_id, type)",
        "index ix_exception_type",
        CHANGED,
    ),
    "an invalid index": (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_exception_newest'::regclass",
        "index ix_exception_newest",
        CHANGED,
    ),
    "a trigger dropped": (
        "DROP TRIGGER exception_event_append_only ON exception_event",
        "trigger exception_event.exception_event_append_only",
        MISSING,
    ),
    "a trigger disabled": (
        "ALTER TABLE exception_event DISABLE TRIGGER exception_event_append_only",
        "trigger exception_event.exception_event_append_only",
        CHANGED,
    ),
    "a trigger that replicas skip": (
        "ALTER TABLE operation ENABLE TRIGGER operation_append_only",
        "trigger operation.operation_append_only",
        CHANGED,
    ),
    "a rule that swallows rows": (
        "CREATE RULE swallow AS ON INSERT TO operation DO INSTEAD NOTHING",
        "rule operation.swallow",
        UNEXPECTED,
    ),
    "a policy dropped": ("DROP POLICY tenant_scope ON exception", "policy exception.tenant_scope", MISSING),
    "a policy more": ("CREATE POLICY all_see ON exception USING (true)", "policy exception.all_see", UNEXPECTED),
    "a policy widened": (
        "ALTER POLICY all_tenants ON exception TO PUBLIC",
        "policy exception.all_tenants",
        CHANGED,
    ),
    "a function replaced": (
        (
            "CREATE OR REPLACE FUNCTION sentinai_guard_erasure() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RETURN OLD; END $$"
        ),
        "function sentinai_guard_erasure()",
        CHANGED,
    ),
    "a function more": (
        "CREATE FUNCTION helper() RETURNS int LANGUAGE sql RETURN 1",
        "function helper()",
        UNEXPECTED,
    ),
    "a right granted": ("GRANT DELETE ON exception TO sentinai_app", "grant exception to sentinai_app", CHANGED),
    "a right on a column granted": (
        "GRANT UPDATE (tenant_id) ON exception TO sentinai_app",
        "grant exception.tenant_id to sentinai_app",
        UNEXPECTED,
    ),
    "a right taken": (
        "REVOKE SELECT ON exception_event FROM sentinai_operator",
        "grant exception_event to sentinai_operator",
        MISSING,
    ),
    "a right for everybody": ("GRANT SELECT ON exception TO PUBLIC", "grant exception to PUBLIC", UNEXPECTED),
    "a right to make tables": (
        "GRANT CREATE ON SCHEMA public TO sentinai_app",
        "grant schema public to sentinai_app",
        UNEXPECTED,
    ),
    "rights on tables to come": (
        "ALTER DEFAULT PRIVILEGES FOR ROLE sentinai_owner GRANT SELECT ON TABLES TO PUBLIC",
        "default grant sentinai_owner on r to PUBLIC",
        UNEXPECTED,
    ),
    "a view": ("CREATE VIEW peek AS SELECT tenant_id FROM exception", "view peek", UNEXPECTED),
    "a sequence": ("CREATE SEQUENCE counter", "sequence counter", UNEXPECTED),
    "a type": ("CREATE TYPE mood AS ENUM ('good')", "type mood", UNEXPECTED),
}


ROLE_DRIFTS = (
    "ALTER ROLE sentinai_app BYPASSRLS",
    "ALTER ROLE sentinai_app LOGIN",
    "GRANT sentinai_operator TO sentinai_app",
    "ALTER ROLE sentinai_app SET row_security = off",
)


@pytest.fixture(scope="module")
def admin(server: DatabaseUrl, template: str) -> Iterator[psycopg.Connection]:
    """The superuser of a migrated database, in which each test rolls back what it did."""
    with fresh_database(server, template) as made, connect(made) as connection:
        yield connection


def drift_after(admin: psycopg.Connection, statement: str) -> dict[str, Drift]:
    """What differs once the statement was executed, by kind and name."""
    expected = shipped(migration_script.head())
    assert differences(expected, fingerprint(admin)) == ()
    with admin.transaction(force_rollback=True):
        admin.execute(statement.encode())
        found = differences(expected, fingerprint(admin))
    return {f"{one.kind} {one.name}": one for one in found}


@pytest.mark.parametrize("name", DRIFTS)
def test_each_kind_of_drift_is_named(name: str, admin: psycopg.Connection) -> None:
    statement, named, problem = DRIFTS[name]
    drift = drift_after(admin, statement)[named]
    assert drift.problem is problem
    assert (drift.expected is None, drift.actual is None) == (problem is UNEXPECTED, problem is MISSING)
    assert drift.expected != drift.actual


@pytest.mark.parametrize("statement", ROLE_DRIFTS)
def test_a_role_that_may_more_is_named_alone(statement: str, admin: psycopg.Connection) -> None:
    drift = drift_after(admin, statement)
    assert {name: one.problem for name, one in drift.items()} == {"role sentinai_app": CHANGED}


def test_a_difference_shows_both_sides_and_fails_the_check(url: DatabaseUrl, database: Database) -> None:
    assert migration_check(database).ok
    with connect(url) as admin:
        admin.execute("ALTER TABLE playbook NO FORCE ROW LEVEL SECURITY")
    check = migration_check(database)
    assert not check.ok
    assert check.status.state is SchemaState.UP_TO_DATE
    assert check.summary == "table playbook is changed"
    (drift,) = check.drift or ()
    assert drift.expected == "owner sentinai_owner, row security, forced"
    assert drift.actual == "owner sentinai_owner, row security, not forced"


def test_an_extension_is_nobodys_drift(url: DatabaseUrl, database: Database) -> None:
    with connect(url) as admin:
        admin.execute("CREATE EXTENSION pg_trgm")
        admin.execute("CREATE EXTENSION pg_stat_statements")
    assert migration_check(database).drift == ()


def test_a_database_that_is_behind_is_compared_with_its_own_revision(url: DatabaseUrl, database: Database) -> None:
    last, head = (
        json.loads((migration_script.directory() / "catalogue" / f"{revision}.json").read_text())
        for revision in migration_script.revisions()[-2:]
    )
    with connect(url) as admin:
        admin.execute("UPDATE alembic_version SET version_num = %s", [migration_script.revisions()[-2]])
        admin.execute("DELETE FROM migration_record WHERE revision = %s", [migration_script.head()])
    found = migration_check(database)
    assert found.status.state is SchemaState.BEHIND
    before, after = (
        {(kind, name): told for kind, named in catalogue.items() for name, told in named.items()}
        for catalogue in (last, head)
    )
    added, lost = after.keys() - before.keys(), before.keys() - after.keys()
    changed = {one for one in before.keys() & after.keys() if before[one] != after[one]}
    assert added | lost | changed
    assert {(one.kind, one.name): one.problem for one in found.drift or ()} == {
        **dict.fromkeys(added, UNEXPECTED),
        **dict.fromkeys(lost, MISSING),
        **dict.fromkeys(changed, CHANGED),
    }


def test_an_edited_revision_is_reported_and_one_that_nobody_noted_too(url: DatabaseUrl, database: Database) -> None:
    with connect(url) as admin:
        admin.execute("UPDATE migration_record SET checksum = repeat('0', 64) WHERE revision = '0002'")
        admin.execute("DELETE FROM migration_record WHERE revision = '0003'")
    found = migration_check(database)
    assert not found.ok
    assert found.drift == ()
    assert [(one.revision, one.state) for one in found.history] == [
        ("0002", RevisionState.EDITED),
        ("0003", RevisionState.UNRECORDED),
    ]
    assert found.history[0].applied_checksum == "0" * 64
    assert found.history[0].applied_at is not None
