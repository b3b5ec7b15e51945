"""What can be done to a catalogue so that tenants are no longer kept apart, or no longer surely."""

from sentinai_cli.models.health import CheckState

FAIL, WARN = CheckState.FAIL, CheckState.WARN

BREAKS: list[tuple[str, str, CheckState, str, str]] = [
    ("tables", "CREATE TABLE notes (body text)", FAIL, "table notes", "no tenant_id"),
    ("row_security", "ALTER TABLE exception NO FORCE ROW LEVEL SECURITY", FAIL, "table exception", "not forced"),
    ("row_security", "ALTER TABLE seed_run DISABLE ROW LEVEL SECURITY", FAIL, "table seed_run", "is off"),
    (
        "row_security",
        "CREATE SCHEMA side; CREATE TABLE side.child () INHERITS (exception)",
        FAIL,
        "table side.child",
        "is off",
    ),
    ("policies", "DROP POLICY tenant_scope ON exception", FAIL, "table exception", "tenant_scope is missing"),
    ("policies", "DROP POLICY all_tenants ON erasure", FAIL, "table erasure", "all_tenants is missing"),
    (
        "policies",
        "ALTER POLICY tenant_scope ON exception USING (true)",
        FAIL,
        "policy tenant_scope on exception",
        "using is 'true'",
    ),
    (
        "policies",
        "ALTER POLICY tenant_scope ON exception WITH CHECK (tenant_id IS NOT NULL)",
        FAIL,
        "policy tenant_scope on exception",
        "check is",
    ),
    (
        "policies",
        "ALTER POLICY all_tenants ON exception TO sentinai_app",
        FAIL,
        "policy all_tenants on exception",
        "roles is ['sentinai_app']",
    ),
    (
        "policies",
        'CREATE POLICY "let ""in" ON exception FOR SELECT USING (severity = \'low\')',
        FAIL,
        'policy "let ""in" on exception',
        "public through where (severity = 'low'",
    ),
    ("keys", "ALTER TABLE seed_run ADD seen int UNIQUE", FAIL, "unique index seed_run_seen_key on seed_run", "tells"),
    ("keys", "CREATE UNIQUE INDEX taken ON exception (exception_id)", FAIL, "unique index taken on exception", "tells"),
    (
        "keys",
        "CREATE UNIQUE INDEX taken ON exception (exception_id) INCLUDE (tenant_id)",
        FAIL,
        "unique index taken on exception",
        "tells",
    ),
    (
        "keys",
        (
            "CREATE UNIQUE INDEX one ON exception (exception_id);"
            ' ALTER TABLE seed_run ADD about text COLLATE "C" CONSTRAINT loose REFERENCES exception (exception_id)'
        ),
        FAIL,
        "foreign key loose on seed_run",
        "another tenant's",
    ),
    (
        "keys",
        "ALTER TABLE exception_event DROP CONSTRAINT fk_exception_event_exception",
        FAIL,
        "table exception_event",
        "no foreign key ties",
    ),
    (
        "keys",
        (
            "ALTER TABLE erasure DROP CONSTRAINT fk_erasure_tenant; ALTER TABLE erasure"
            " ADD CONSTRAINT later FOREIGN KEY (tenant_id) REFERENCES tenant NOT VALID"
        ),
        FAIL,
        "foreign key later on erasure",
        "never validated",
    ),
    (
        "keys",
        "ALTER TABLE seed_chunk DROP CONSTRAINT pk_seed_chunk; ALTER TABLE seed_chunk ALTER tenant_id DROP NOT NULL",
        FAIL,
        "column seed_chunk.tenant_id",
        "may be null",
    ),
    ("roles", "ALTER ROLE sentinai_app SUPERUSER", FAIL, "role sentinai_app", "superuser"),
    ("roles", "ALTER ROLE sentinai_operator BYPASSRLS", FAIL, "role sentinai_operator", "BYPASSRLS"),
    ("roles", "ALTER ROLE sentinai_app LOGIN", FAIL, "role sentinai_app", "log in"),
    ("roles", "ALTER ROLE sentinai_app CREATEROLE", FAIL, "role sentinai_app", "grant itself"),
    ("roles", "GRANT sentinai_owner TO sentinai_app", FAIL, "role sentinai_app", "act as sentinai_owner"),
    ("roles", "GRANT pg_read_all_data TO sentinai_app", FAIL, "role sentinai_app", "act as pg_read_all_data"),
    ("roles", "ALTER TABLE exception OWNER TO sentinai_app", FAIL, "table exception", "its owner is sentinai_app"),
    (
        "logins",
        "CREATE ROLE careless LOGIN; GRANT sentinai_operator TO careless WITH INHERIT TRUE",
        FAIL,
        "role careless",
        "rights of sentinai_operator without taking a scope",
    ),
    (
        "logins",
        "CREATE ROLE middle; CREATE ROLE careless LOGIN; GRANT sentinai_backup TO middle; GRANT middle TO careless",
        FAIL,
        "role careless",
        "rights of sentinai_backup",
    ),
    (
        "logins",
        "CREATE ROLE reporter LOGIN BYPASSRLS; GRANT SELECT ON exception TO reporter",
        FAIL,
        "role reporter",
        "BYPASSRLS and may read 1 tenant tables",
    ),
    (
        "logins",
        "CREATE ROLE reader LOGIN; GRANT pg_read_all_data TO reader",
        WARN,
        "role reader",
        "set the tenant to whatever it likes",
    ),
    (
        "functions",
        "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM exception'",
        FAIL,
        "function peek()",
        "runs with the rights of",
    ),
    (
        "functions",
        "CREATE SCHEMA ours; CREATE PROCEDURE ours.act() LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';",
        WARN,
        "function ours.act()",
        "runs with the rights of",
    ),
    ("views", "CREATE VIEW all_of_them AS SELECT * FROM exception", FAIL, "view all_of_them", "not of the scope"),
    (
        "views",
        (
            "CREATE VIEW one WITH (security_invoker = true) AS SELECT * FROM exception;"
            " CREATE SCHEMA side; CREATE VIEW side.two AS SELECT * FROM one"
        ),
        FAIL,
        "view side.two",
        "not of the scope",
    ),
    (
        "views",
        "CREATE MATERIALIZED VIEW copied AS SELECT tenant_id, exception_id FROM exception",
        FAIL,
        "materialised view copied",
        "copies",
    ),
    ("views", "CREATE RULE quiet AS ON DELETE TO exception DO INSTEAD NOTHING", FAIL, "rule quiet on exception", "rew"),
    ("grants", "GRANT TRUNCATE ON exception TO sentinai_app", FAIL, "table exception", "sentinai_app has TRUNCATE"),
    ("grants", "GRANT DELETE ON seed_run TO sentinai_operator", FAIL, "table seed_run", "sentinai_operator has DELETE"),
    ("grants", "GRANT SELECT ON operation TO sentinai_app", FAIL, "table operation", "sentinai_app has SELECT"),
    ("grants", "GRANT SELECT ON exception TO PUBLIC", FAIL, "table exception", "PUBLIC has SELECT"),
    ("grants", "GRANT SELECT (tenant_id) ON tenant TO PUBLIC", FAIL, "table tenant", "PUBLIC has SELECT of tenant_id"),
    ("grants", "GRANT UPDATE ON exception TO sentinai_app", FAIL, "table exception", "sentinai_app has UPDATE"),
    ("grants", "GRANT UPDATE (tenant_id) ON exception TO sentinai_app", FAIL, "table exception", "change their tenant"),
    ("grants", "GRANT UPDATE (payload) ON exception_event TO sentinai_app", FAIL, "table exception_event", "payload"),
    ("grants", "GRANT INSERT ON exception TO sentinai_backup", FAIL, "table exception", "only needs to read"),
    ("grants", "GRANT SELECT ON exception TO sentinai_app WITH GRANT OPTION", FAIL, "table exception", "on to others"),
    ("grants", "CREATE ROLE stranger; GRANT SELECT ON tenant TO stranger", FAIL, "table tenant", "stranger has SELECT"),
    ("grants", "GRANT CREATE ON SCHEMA public TO PUBLIC", FAIL, "schema public", "PUBLIC may make objects"),
    (
        "grants",
        "ALTER DEFAULT PRIVILEGES FOR ROLE sentinai_owner GRANT SELECT ON TABLES TO PUBLIC",
        FAIL,
        "default privileges of sentinai_owner",
        "PUBLIC",
    ),
    (
        "triggers",
        "ALTER TABLE exception_event DISABLE TRIGGER exception_event_append_only",
        FAIL,
        "trigger exception_event_append_only on exception_event",
        "is disabled",
    ),
    (
        "triggers",
        "ALTER TABLE operation ENABLE TRIGGER operation_no_truncate",
        FAIL,
        "trigger operation_no_truncate on operation",
        "another replication mode",
    ),
    ("triggers", "DROP TRIGGER erasure_append_only ON erasure", FAIL, "table erasure", "refuses DELETE"),
    (
        "triggers",
        (
            "DROP TRIGGER exception_event_append_only ON exception_event; CREATE TRIGGER exception_event_append_only"
            " BEFORE UPDATE OR DELETE ON exception_event FOR EACH ROW WHEN (false)"
            " EXECUTE FUNCTION sentinai_guard_erasure();"
            " ALTER TABLE exception_event ENABLE ALWAYS TRIGGER exception_event_append_only"
        ),
        FAIL,
        "table exception_event",
        "refuses UPDATE",
    ),
    ("triggers", "ALTER TABLE exception_event DISABLE TRIGGER ALL", FAIL, "trigger", "is disabled"),
    (
        "triggers",
        (
            "CREATE FUNCTION copy() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
            " CREATE TRIGGER copying BEFORE INSERT ON exception FOR EACH ROW EXECUTE FUNCTION copy()"
        ),
        WARN,
        "trigger copying on exception",
        "not ours",
    ),
]
"""The check, the statement that provokes it, the state, whom it names, and what it says among other words."""
