"""Versioned packs and each tenant's activations."""

from alembic import op

revision = "0002"
down_revision = "0001"

_TABLES = (
    """
    CREATE TABLE domain_pack_version (
        domain text COLLATE "C" NOT NULL,
        version integer NOT NULL,
        pack_json jsonb NOT NULL,
        checksum text COLLATE "C" NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        created_by text COLLATE "C" NOT NULL,
        note text COLLATE "C",
        CONSTRAINT pk_domain_pack_version PRIMARY KEY (domain, version),
        CONSTRAINT ck_domain_pack_version_domain CHECK (length(domain) BETWEEN 1 AND 100),
        CONSTRAINT ck_domain_pack_version_version CHECK (version >= 1),
        CONSTRAINT ck_domain_pack_version_checksum CHECK (checksum ~ '^[0-9a-f]{64}$')
    )
    """,
    """
    CREATE TABLE tenant_policy_pack_version (
        tenant_id text COLLATE "C" NOT NULL,
        version integer NOT NULL,
        domain text COLLATE "C" NOT NULL,
        pack_json jsonb NOT NULL,
        checksum text COLLATE "C" NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        created_by text COLLATE "C" NOT NULL,
        note text COLLATE "C",
        CONSTRAINT pk_tenant_policy_pack_version PRIMARY KEY (tenant_id, version),
        CONSTRAINT ck_tenant_policy_pack_version_version CHECK (version >= 1),
        CONSTRAINT ck_tenant_policy_pack_version_checksum CHECK (checksum ~ '^[0-9a-f]{64}$')
    )
    """,
    """
    CREATE TABLE pack_activation (
        tenant_id text COLLATE "C" NOT NULL,
        no integer NOT NULL,
        domain text COLLATE "C" NOT NULL,
        domain_version integer NOT NULL,
        policy_version integer,
        activated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        activated_by text COLLATE "C" NOT NULL,
        reason text COLLATE "C",
        CONSTRAINT pk_pack_activation PRIMARY KEY (tenant_id, no),
        CONSTRAINT ck_pack_activation_no CHECK (no >= 1)
    )
    """,
    """
    ALTER TABLE tenant_policy_pack_version ADD CONSTRAINT fk_tenant_policy_pack_version_tenant
        FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id) ON DELETE RESTRICT
    """,
    """
    ALTER TABLE pack_activation ADD CONSTRAINT fk_pack_activation_tenant
        FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id) ON DELETE RESTRICT
    """,
    """
    ALTER TABLE pack_activation ADD CONSTRAINT fk_pack_activation_domain_pack_version
        FOREIGN KEY (domain, domain_version) REFERENCES domain_pack_version (domain, version) ON DELETE RESTRICT
    """,
    """
    ALTER TABLE pack_activation ADD CONSTRAINT fk_pack_activation_tenant_policy_pack_version
        FOREIGN KEY (tenant_id, policy_version) REFERENCES tenant_policy_pack_version (tenant_id, version)
        ON DELETE RESTRICT
    """,
)

_TENANT_RULE = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    """
    CREATE POLICY tenant_scope ON {table}
        USING (tenant_id = (SELECT current_setting('sentinai.tenant_id', true)))
        WITH CHECK (tenant_id = (SELECT current_setting('sentinai.tenant_id', true)))
    """,
    "CREATE POLICY all_tenants ON {table} TO sentinai_operator USING (true) WITH CHECK (true)",
)

_IMMUTABLE = (
    """
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION sentinai_refuse_change()
    """,
    """
    CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION sentinai_refuse_change()
    """,
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only",
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate",
)

_GRANTS = (
    "GRANT SELECT ON domain_pack_version TO sentinai_app, sentinai_operator, sentinai_backup",
    "GRANT INSERT ON domain_pack_version TO sentinai_operator",
    "GRANT SELECT, INSERT ON tenant_policy_pack_version, pack_activation TO sentinai_app, sentinai_operator",
    "GRANT SELECT ON tenant_policy_pack_version, pack_activation TO sentinai_backup",
)


def upgrade() -> None:
    """Create."""
    for statement in _TABLES:
        op.execute(statement)
    for table in ("tenant_policy_pack_version", "pack_activation"):
        for statement in _TENANT_RULE:
            op.execute(statement.format(table=table))
    for table in ("domain_pack_version", "tenant_policy_pack_version", "pack_activation"):
        for statement in _IMMUTABLE:
            op.execute(statement.format(table=table))
    for statement in _GRANTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop."""
    op.execute("DROP TABLE pack_activation, tenant_policy_pack_version, domain_pack_version")
