"""The tenant, the operator journal, and what the database says about itself."""

from alembic import op

revision = "0001"
down_revision = None

_TABLES = (
    """
    CREATE TABLE database_info (
        only_row boolean NOT NULL DEFAULT true,
        environment text COLLATE "C" NOT NULL,
        epoch bigint NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        created_by text COLLATE "C" NOT NULL,
        CONSTRAINT pk_database_info PRIMARY KEY (only_row),
        CONSTRAINT ck_database_info_only_row CHECK (only_row),
        CONSTRAINT ck_database_info_environment CHECK (environment IN ('development', 'staging', 'production')),
        CONSTRAINT ck_database_info_epoch CHECK (epoch >= 1)
    )
    """,
    """
    CREATE TABLE migration_record (
        revision text COLLATE "C" NOT NULL,
        checksum text COLLATE "C" NOT NULL,
        applied_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        tool_version text COLLATE "C" NOT NULL,
        CONSTRAINT pk_migration_record PRIMARY KEY (revision),
        CONSTRAINT ck_migration_record_checksum CHECK (checksum ~ '^[0-9a-f]{64}$')
    )
    """,
    """
    CREATE TABLE tenant (
        tenant_id text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        status text COLLATE "C" NOT NULL DEFAULT 'active',
        domain text COLLATE "C" NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_tenant PRIMARY KEY (tenant_id),
        CONSTRAINT ck_tenant_tenant_id CHECK (tenant_id ~ '^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$'),
        CONSTRAINT ck_tenant_name CHECK (length(name) BETWEEN 1 AND 200),
        CONSTRAINT ck_tenant_status CHECK (status IN ('active', 'suspended', 'archived')),
        CONSTRAINT ck_tenant_domain CHECK (length(domain) BETWEEN 1 AND 100)
    )
    """,
    "CREATE UNIQUE INDEX uq_tenant_lower_tenant_id ON tenant (lower(tenant_id))",
    """
    CREATE TABLE operation (
        operation_id uuid NOT NULL,
        at timestamptz NOT NULL,
        command text COLLATE "C" NOT NULL,
        arguments jsonb NOT NULL,
        actor text COLLATE "C" NOT NULL,
        reason text COLLATE "C",
        tenant_id text COLLATE "C",
        outcome text COLLATE "C" NOT NULL,
        duration_ms bigint NOT NULL,
        before jsonb NOT NULL,
        after jsonb NOT NULL,
        tool_version text COLLATE "C" NOT NULL,
        CONSTRAINT pk_operation PRIMARY KEY (operation_id),
        CONSTRAINT ck_operation_outcome CHECK (outcome IN ('done', 'unchanged', 'failed')),
        CONSTRAINT ck_operation_duration_ms CHECK (duration_ms >= 0)
    )
    """,
    "CREATE INDEX ix_operation_at ON operation (at DESC, operation_id DESC)",
)

_FIRST_ROW = "INSERT INTO database_info (environment, created_by) VALUES ('development', session_user)"

# The tenant table is the list of our customers: it stands under the same rule as the rows that tenants own.
_TENANT_RULE = (
    "ALTER TABLE tenant ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE tenant FORCE ROW LEVEL SECURITY",
    """
    CREATE POLICY tenant_scope ON tenant
        USING (tenant_id = (SELECT current_setting('sentinai.tenant_id', true)))
        WITH CHECK (tenant_id = (SELECT current_setting('sentinai.tenant_id', true)))
    """,
    "CREATE POLICY all_tenants ON tenant TO sentinai_operator USING (true) WITH CHECK (true)",
)

_APPEND_ONLY = (
    """
    CREATE FUNCTION sentinai_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
    END
    $$
    """,
    """
    CREATE TRIGGER operation_append_only BEFORE UPDATE OR DELETE ON operation
        FOR EACH ROW EXECUTE FUNCTION sentinai_refuse_change()
    """,
    """
    CREATE TRIGGER operation_no_truncate BEFORE TRUNCATE ON operation
        FOR EACH STATEMENT EXECUTE FUNCTION sentinai_refuse_change()
    """,
    "ALTER TABLE operation ENABLE ALWAYS TRIGGER operation_append_only",
    "ALTER TABLE operation ENABLE ALWAYS TRIGGER operation_no_truncate",
)

_GRANTS = (
    "GRANT SELECT ON alembic_version, database_info, migration_record TO PUBLIC",
    "GRANT UPDATE (environment) ON database_info TO sentinai_operator",
    "GRANT SELECT ON tenant TO sentinai_app, sentinai_operator",
    "GRANT INSERT, UPDATE (name, status, updated_at) ON tenant TO sentinai_operator",
    "GRANT INSERT ON operation TO sentinai_app, sentinai_operator",
    "GRANT SELECT ON operation TO sentinai_operator",
    "GRANT SELECT ON tenant, operation TO sentinai_backup",
)


def upgrade() -> None:
    """Create."""
    for statement in (*_TABLES, _FIRST_ROW, *_TENANT_RULE, *_APPEND_ONLY, *_GRANTS):
        op.execute(statement)


def downgrade() -> None:
    """Drop."""
    op.execute("DROP TABLE operation, tenant, migration_record, database_info")
    op.execute("DROP FUNCTION sentinai_refuse_change()")
