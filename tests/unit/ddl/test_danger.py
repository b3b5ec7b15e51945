"""The classic dangers are found, and what is done in the safe way is not complained of."""

import pytest

from sentinai_cli.db.ddl.danger import dangers
from sentinai_cli.db.ddl.rule import RULES
from sentinai_cli.services.migration_lint import lint_files, lint_revisions

PATIENT = "SET lock_timeout = '100ms';\n"
TENANTS = """
CREATE TABLE note (tenant_id text NOT NULL, no int, CONSTRAINT pk_note PRIMARY KEY (tenant_id, no));
ALTER TABLE note ENABLE ROW LEVEL SECURITY;
ALTER TABLE note FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON note USING (true);
"""

DANGEROUS = {
    "CREATE INDEX ix ON exception (owner)": "index_blocks_writes",
    "CREATE UNIQUE INDEX ix ON public.exception (owner)": "index_blocks_writes",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix ON exception (owner)": "index_may_be_invalid",
    "BEGIN; CREATE INDEX CONCURRENTLY ix ON exception (owner); COMMIT": "concurrently_in_transaction",
    "BEGIN; DROP INDEX CONCURRENTLY ix; COMMIT": "concurrently_in_transaction",
    "DROP INDEX ix": "drop_index_blocks",
    "REINDEX TABLE exception": "reindex_blocks",
    "BEGIN; REINDEX INDEX CONCURRENTLY ix; COMMIT": "concurrently_in_transaction",
    "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES b (x)": "foreign_key_checks_rows",
    "ALTER TABLE a ADD FOREIGN KEY (x) REFERENCES b": "foreign_key_checks_rows",
    "ALTER TABLE a ADD COLUMN x int REFERENCES b": "foreign_key_checks_rows",
    "ALTER TABLE a ADD CONSTRAINT c CHECK (x > 0)": "check_checks_rows",
    "ALTER TABLE a ADD CHECK (x > 0)": "check_checks_rows",
    "BEGIN; ALTER TABLE a ADD CONSTRAINT c CHECK (x > 0) NOT VALID; ALTER TABLE a VALIDATE CONSTRAINT c; COMMIT": (
        "validates_under_lock"
    ),
    "ALTER TABLE a ADD CONSTRAINT u UNIQUE (x)": "key_builds_index",
    "ALTER TABLE a ADD PRIMARY KEY (x)": "key_builds_index",
    "ALTER TABLE a ADD COLUMN x int UNIQUE": "key_builds_index",
    "ALTER TABLE a ALTER COLUMN x SET NOT NULL": "not_null_scans_table",
    "ALTER TABLE a ALTER x TYPE bigint": "type_rewrites_table",
    "ALTER TABLE a ALTER COLUMN x SET DATA TYPE bigint": "type_rewrites_table",
    "ALTER TABLE a ADD COLUMN x int NOT NULL": "column_needs_default",
    "ALTER TABLE a ADD COLUMN x uuid DEFAULT gen_random_uuid()": "column_rewrites_table",
    "ALTER TABLE a ADD x bigserial": "column_rewrites_table",
    "ALTER TABLE a ADD COLUMN x int GENERATED ALWAYS AS (y + 1) STORED": "column_rewrites_table",
    "ALTER TABLE a ADD COLUMN x int GENERATED ALWAYS AS IDENTITY": "column_rewrites_table",
    "ALTER TABLE a SET LOGGED": "rewrites_table",
    "ALTER TABLE a SET TABLESPACE slow": "rewrites_table",
    "VACUUM FULL a": "rewrites_table",
    "VACUUM (FULL, ANALYZE) a": "rewrites_table",
    "CLUSTER a USING ix": "rewrites_table",
    "ALTER TABLE a RENAME TO b": "rename_breaks_clients",
    "ALTER TABLE a RENAME COLUMN x TO y": "rename_breaks_clients",
    "ALTER VIEW a RENAME TO b": "rename_breaks_clients",
    "DROP TABLE a": "drop_loses_data",
    "DROP SCHEMA s": "drop_loses_data",
    "ALTER TABLE a DROP COLUMN x": "drop_loses_data",
    "ALTER TABLE a DROP COLUMN IF EXISTS x, ADD COLUMN y int": "drop_loses_data",
    "DROP TABLE a CASCADE": "cascade",
    "ALTER TABLE a DROP CONSTRAINT c": "constraint_opens",
    "DROP FUNCTION f() CASCADE": "cascade",
    "TRUNCATE a": "truncate_loses_data",
    "UPDATE a SET x = 1": "writes_every_row",
    "DELETE FROM a": "writes_every_row",
    "LOCK TABLE a": "locks_table",
    "REFRESH MATERIALIZED VIEW v": "refresh_blocks",
    "CREATE TYPE mood AS ENUM ('a')": "native_enum",
    "ALTER TYPE mood ADD VALUE 'b'": "enum_value_stays",
    "ALTER TABLE a DISABLE TRIGGER t": "trigger_off",
    "ALTER TABLE a NO FORCE ROW LEVEL SECURITY": "policies_left_off",
    "ALTER TABLE a DISABLE ROW LEVEL SECURITY": "policies_left_off",
    "CREATE TABLE a (tenant_id text, x int)": "tenants_not_kept_apart",
    "CREATE TABLE a (tenant_id text, x int PRIMARY KEY)": "key_across_tenants",
    "CREATE TABLE a (tenant_id text, x int, UNIQUE (x))": "key_across_tenants",
    "CREATE TABLE a (tenant_id text, x bigserial)": "sequence_in_tenant_table",
    "CREATE TABLE a (tenant_id text, x int GENERATED ALWAYS AS IDENTITY)": "sequence_in_tenant_table",
    "CREATE TABLE a (at timestamp)": "time_without_zone",
    "CREATE TABLE a (at timestamp(3) NOT NULL)": "time_without_zone",
    "CREATE TABLE a (code char(3))": "padded_text",
    "CREATE TABLE a (body json)": "json_text",
}

SAFE = (
    "CREATE INDEX CONCURRENTLY ix ON exception (owner)",
    "DROP INDEX CONCURRENTLY ix",
    "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES b (x) NOT VALID",
    "BEGIN; ALTER TABLE a ADD CONSTRAINT c CHECK (x > 0) NOT VALID; COMMIT; ALTER TABLE a VALIDATE CONSTRAINT c",
    "ALTER TABLE a ADD CONSTRAINT u UNIQUE USING INDEX ix",
    "ALTER TABLE a ADD COLUMN x int",
    "ALTER TABLE a ADD COLUMN x int NOT NULL DEFAULT 0",
    "ALTER TABLE a ADD COLUMN at timestamptz DEFAULT now()",
    "ALTER TABLE a NO FORCE ROW LEVEL SECURITY; UPDATE a SET x = 1 WHERE y; ALTER TABLE a FORCE ROW LEVEL SECURITY",
    "CREATE TABLE a (x int PRIMARY KEY, at timestamptz, also timestamp with time zone, name varchar(9), body jsonb)",
    "CREATE TABLE a (x int); CREATE INDEX ix ON a (x); ALTER TABLE a ADD CHECK (x > 0); UPDATE a SET x = 1",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY v",
    "SELECT 'DROP TABLE a; TRUNCATE b'",
    "-- DROP TABLE a;\nSELECT 1",
    TENANTS,
)


def rules(script: str) -> set[str]:
    return {danger.rule for danger in dangers(PATIENT + script)}


@pytest.mark.parametrize("script", DANGEROUS)
def test_a_danger_is_found(script: str) -> None:
    assert DANGEROUS[script] in rules(script)


@pytest.mark.parametrize("script", SAFE)
def test_the_safe_way_is_not_complained_of(script: str) -> None:
    assert rules(script) == set()


def test_every_rule_has_an_example_and_words_without_holes() -> None:
    assert {*DANGEROUS.values(), "no_lock_timeout", "unstated_safety"} == RULES.keys()
    for script in DANGEROUS:
        for danger in dangers(script):
            assert "{" not in danger.problem
            assert danger.remedy


def test_a_strong_lock_without_a_timeout_is_said_once_and_of_foreign_tables_only() -> None:
    script = (
        "CREATE TABLE mine (x int);\nALTER TABLE mine ADD y int;\nALTER TABLE a ADD x int;\nALTER TABLE b ADD x int"
    )
    assert [(danger.rule, danger.line) for danger in dangers(script)] == [("no_lock_timeout", 3)]


def test_a_comment_with_a_reason_takes_one_finding_back_and_one_without_does_not() -> None:
    assert rules("-- sentinai: allow drop_loses_data because it is empty\nDROP TABLE a") == set()
    assert rules("-- sentinai: allow drop_loses_data\nDROP TABLE a") == {"drop_loses_data"}
    assert rules("-- sentinai: allow cascade because so\nDROP TABLE a") == {"drop_loses_data"}


def test_a_tenant_table_is_told_what_it_lacks() -> None:
    script = TENANTS.replace("ALTER TABLE note FORCE ROW LEVEL SECURITY;", "")
    (danger,) = dangers(script)
    assert danger.rule == "tenants_not_kept_apart"
    assert "missing: policies forced" in danger.problem


def test_our_own_revisions_are_clean() -> None:
    found = lint_revisions()
    assert found.items == ()
    assert found.statements > 100


def test_findings_name_their_file_and_line() -> None:
    found = lint_files([("a.sql", "SELECT 1;\n\nDROP TABLE a;"), ("b.sql", PATIENT + "TRUNCATE b")])
    assert [(one.source, one.line, one.rule) for one in found.items] == [
        ("a.sql", 3, "no_lock_timeout"),
        ("a.sql", 3, "drop_loses_data"),
        ("b.sql", 2, "truncate_loses_data"),
    ]
    assert found.statements == 4
