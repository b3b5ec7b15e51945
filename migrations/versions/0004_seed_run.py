"""Seed runs and the ledger of the chunks that each has written."""

from alembic import op

revision = "0004"
down_revision = "0003"

_TABLES = (
    """
    CREATE TABLE seed_run (
        tenant_id text COLLATE "C" NOT NULL,
        identity text COLLATE "C" NOT NULL,
        scenario text COLLATE "C" NOT NULL,
        seed bigint NOT NULL,
        manifest jsonb NOT NULL,
        as_of timestamptz NOT NULL,
        state text COLLATE "C" NOT NULL,
        records integer NOT NULL,
        digest text COLLATE "C",
        created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_seed_run PRIMARY KEY (tenant_id, identity),
        CONSTRAINT ck_seed_run_identity CHECK (identity ~ '^[0-9a-f]{64}$'),
        CONSTRAINT ck_seed_run_state CHECK (state IN ('running', 'complete')),
        CONSTRAINT ck_seed_run_records CHECK (records >= 0),
        CONSTRAINT ck_seed_run_digest CHECK (digest ~ '^[0-9a-f]{64}$')
    )
    """,
    """
    CREATE TABLE seed_chunk (
        tenant_id text COLLATE "C" NOT NULL,
        identity text COLLATE "C" NOT NULL,
        first_no integer NOT NULL,
        records integer NOT NULL,
        inserted integer NOT NULL,
        written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT pk_seed_chunk PRIMARY KEY (tenant_id, identity, first_no),
        CONSTRAINT ck_seed_chunk_first_no CHECK (first_no >= 1),
        CONSTRAINT ck_seed_chunk_records CHECK (records >= 1),
        CONSTRAINT ck_seed_chunk_inserted CHECK (inserted BETWEEN 0 AND records)
    )
    """,
    """
    ALTER TABLE seed_run ADD CONSTRAINT fk_seed_run_tenant
        FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id) ON DELETE RESTRICT
    """,
    """
    ALTER TABLE seed_chunk ADD CONSTRAINT fk_seed_chunk_seed_run
        FOREIGN KEY (tenant_id, identity) REFERENCES seed_run (tenant_id, identity) ON DELETE RESTRICT
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

_GRANTS = (
    "GRANT SELECT, INSERT, UPDATE (state, records, digest, updated_at) ON seed_run TO sentinai_app, sentinai_operator",
    "GRANT SELECT, INSERT ON seed_chunk TO sentinai_app, sentinai_operator",
    "GRANT SELECT ON seed_run, seed_chunk TO sentinai_backup",
)


def upgrade() -> None:
    """Create."""
    for statement in _TABLES:
        op.execute(statement)
    for table in ("seed_run", "seed_chunk"):
        for statement in _TENANT_RULE:
            op.execute(statement.format(table=table))
    for statement in _GRANTS:
        op.execute(statement)


def downgrade() -> None:
    """Drop."""
    op.execute("DROP TABLE seed_chunk, seed_run")
