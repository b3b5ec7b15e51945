"""Playbooks and tools of each tenant, as its active packs declare them."""

from alembic import op

revision = "0006"
down_revision = "0005"

# A playbook's content never changes: another content is another version, and activation only moves the mark. What an
# exception has been started under can therefore still be read, and a rollback restores it exactly.
_TABLES = (
    """
    CREATE TABLE playbook (
        tenant_id text COLLATE "C" NOT NULL,
        playbook_id text COLLATE "C" NOT NULL,
        version integer NOT NULL,
        name text COLLATE "C",
        description text COLLATE "C",
        conditions jsonb NOT NULL,
        approved boolean NOT NULL,
        success_criteria jsonb NOT NULL,
        origin text COLLATE "C" NOT NULL,
        origin_version integer NOT NULL,
        checksum text COLLATE "C" NOT NULL,
        active boolean NOT NULL,
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_playbook PRIMARY KEY (tenant_id, playbook_id, version),
        CONSTRAINT uq_playbook_checksum UNIQUE (tenant_id, playbook_id, checksum),
        CONSTRAINT ck_playbook_version CHECK (version >= 1),
        CONSTRAINT ck_playbook_origin CHECK (origin IN ('domain', 'policy')),
        CONSTRAINT ck_playbook_origin_version CHECK (origin_version >= 1),
        CONSTRAINT ck_playbook_checksum CHECK (checksum ~ '^[0-9a-f]{64}$')
    )
    """,
    """
    CREATE TABLE playbook_step (
        tenant_id text COLLATE "C" NOT NULL,
        playbook_id text COLLATE "C" NOT NULL,
        version integer NOT NULL,
        step_order integer NOT NULL,
        name text COLLATE "C" NOT NULL,
        action_type text COLLATE "C" NOT NULL,
        action text COLLATE "C" NOT NULL,
        tool_name text COLLATE "C",
        description text COLLATE "C",
        params jsonb NOT NULL,
        CONSTRAINT pk_playbook_step PRIMARY KEY (tenant_id, playbook_id, version, step_order),
        CONSTRAINT uq_playbook_step_name UNIQUE (tenant_id, playbook_id, version, name),
        CONSTRAINT ck_playbook_step_step_order CHECK (step_order >= 1),
        CONSTRAINT ck_playbook_step_action_type CHECK (action_type IN ('tool', 'built_in', 'manual')),
        CONSTRAINT ck_playbook_step_tool_name CHECK ((action_type = 'tool') = (tool_name IS NOT NULL))
    )
    """,
    """
    CREATE TABLE tool_definition (
        tenant_id text COLLATE "C" NOT NULL,
        name text COLLATE "C" NOT NULL,
        type text COLLATE "C" NOT NULL,
        config jsonb NOT NULL,
        domain text COLLATE "C" NOT NULL,
        origin_version integer NOT NULL,
        in_pack boolean NOT NULL,
        approved boolean NOT NULL,
        enabled boolean NOT NULL DEFAULT true,
        CONSTRAINT pk_tool_definition PRIMARY KEY (tenant_id, name),
        CONSTRAINT ck_tool_definition_type CHECK (type IN ('webhook', 'rest', 'email', 'workflow')),
        CONSTRAINT ck_tool_definition_origin_version CHECK (origin_version >= 1),
        CONSTRAINT ck_tool_definition_approved CHECK (in_pack OR NOT approved)
    )
    """,
    """
    ALTER TABLE playbook ADD CONSTRAINT fk_playbook_tenant
        FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id) ON DELETE RESTRICT
    """,
    """
    ALTER TABLE playbook_step ADD CONSTRAINT fk_playbook_step_playbook
        FOREIGN KEY (tenant_id, playbook_id, version) REFERENCES playbook (tenant_id, playbook_id, version)
        ON DELETE RESTRICT
    """,
    """
    ALTER TABLE tool_definition ADD CONSTRAINT fk_tool_definition_tenant
        FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id) ON DELETE RESTRICT
    """,
    "CREATE UNIQUE INDEX uq_playbook_active ON playbook (tenant_id, playbook_id) WHERE active",
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
    "GRANT SELECT, INSERT ON {table} TO sentinai_app, sentinai_operator",
    "GRANT SELECT ON {table} TO sentinai_backup",
)

_GRANTS = (
    "GRANT UPDATE (active) ON playbook TO sentinai_app, sentinai_operator",
    """
    GRANT UPDATE (type, config, domain, origin_version, in_pack, approved, enabled) ON tool_definition
        TO sentinai_app, sentinai_operator
    """,
)


def upgrade() -> None:
    """Create. The tables fill at the next activation; activating the pair that is active already is enough."""
    for statement in _TABLES:
        op.execute(statement)
    for table in ("playbook", "playbook_step", "tool_definition"):
        for statement in _TENANT_RULE:
            op.execute(statement.format(table=table))
    for statement in _GRANTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop."""
    op.execute("DROP TABLE playbook_step, playbook, tool_definition")
