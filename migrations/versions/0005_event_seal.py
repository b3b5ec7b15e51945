"""Seals that close what is settled in the event log, and the indexes by which the log is listed and followed."""

from alembic import op

revision = "0005"
down_revision = "0004"

# By time for lists, newest first; by transaction for following: numbers and clocks are given before a commit and say
# nothing about what may still arrive, the transaction horizon does.
_INDEXES = {
    "ix_exception_event_newest": "(tenant_id, created_at DESC, exception_id DESC, event_no DESC)",
    "ix_exception_event_xid": "(tenant_id, xid)",
}

_TABLES = (
    """
    CREATE TABLE event_seal (
        tenant_id text COLLATE "C" NOT NULL,
        seal_no bigint NOT NULL,
        exceptions bigint NOT NULL,
        events bigint NOT NULL,
        root bytea NOT NULL,
        previous bytea NOT NULL,
        hash bytea NOT NULL,
        horizon xid8 NOT NULL,
        epoch bigint NOT NULL,
        sealed_at timestamptz NOT NULL,
        sealed_by text COLLATE "C" NOT NULL,
        CONSTRAINT pk_event_seal PRIMARY KEY (tenant_id, seal_no),
        CONSTRAINT ck_event_seal_seal_no CHECK (seal_no >= 1),
        CONSTRAINT ck_event_seal_exceptions CHECK (exceptions >= 1),
        CONSTRAINT ck_event_seal_events CHECK (events >= exceptions),
        CONSTRAINT ck_event_seal_root CHECK (length(root) = 32),
        CONSTRAINT ck_event_seal_previous CHECK (length(previous) = 32),
        CONSTRAINT ck_event_seal_hash CHECK (length(hash) = 32)
    )
    """,
    # Which event of an exception a seal ends with. `life` counts how often the id was erased before, plus one.
    """
    CREATE TABLE event_seal_entry (
        tenant_id text COLLATE "C" NOT NULL,
        seal_no bigint NOT NULL,
        exception_id text COLLATE "C" NOT NULL,
        life integer NOT NULL,
        first_event_no bigint NOT NULL,
        last_event_no bigint NOT NULL,
        hash bytea NOT NULL,
        CONSTRAINT pk_event_seal_entry PRIMARY KEY (tenant_id, seal_no, exception_id),
        CONSTRAINT uq_event_seal_entry_last_event_no UNIQUE (tenant_id, exception_id, life, last_event_no),
        CONSTRAINT ck_event_seal_entry_life CHECK (life >= 1),
        CONSTRAINT ck_event_seal_entry_first_event_no CHECK (first_event_no >= 1),
        CONSTRAINT ck_event_seal_entry_last_event_no CHECK (last_event_no >= first_event_no),
        CONSTRAINT ck_event_seal_entry_hash CHECK (length(hash) = 32)
    )
    """,
    """
    ALTER TABLE event_seal ADD CONSTRAINT fk_event_seal_tenant
        FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id) ON DELETE RESTRICT
    """,
    """
    ALTER TABLE event_seal_entry ADD CONSTRAINT fk_event_seal_entry_event_seal
        FOREIGN KEY (tenant_id, seal_no) REFERENCES event_seal (tenant_id, seal_no) ON DELETE RESTRICT
    """,
)

_RULES = (
    "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    """
    CREATE POLICY tenant_scope ON {table}
        USING (tenant_id = (SELECT current_setting('sentinai.tenant_id', true)))
        WITH CHECK (tenant_id = (SELECT current_setting('sentinai.tenant_id', true)))
    """,
    "CREATE POLICY all_tenants ON {table} TO sentinai_operator USING (true) WITH CHECK (true)",
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
    "GRANT SELECT, INSERT ON {table} TO sentinai_app, sentinai_operator",
    "GRANT SELECT ON {table} TO sentinai_backup",
)


def upgrade() -> None:
    """Create. The indexes come first, outside a transaction: a run that was cut off there can be repeated."""
    with op.get_context().autocommit_block():
        for name, columns in _INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON exception_event {columns}")
    for statement in _TABLES:
        op.execute(statement)
    for table in ("event_seal", "event_seal_entry"):
        for statement in _RULES:
            op.execute(statement.format(table=table))


def downgrade() -> None:
    """Drop. Seals are lost with their tables; anchors outside keep what they say."""
    op.execute("DROP TABLE event_seal_entry, event_seal")
    for name in _INDEXES:
        op.execute(f"DROP INDEX {name}")
