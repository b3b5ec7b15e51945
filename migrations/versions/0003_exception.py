"""The exception, its append-only event log, and the one door through which rows may leave."""

from alembic import op

revision = "0003"
down_revision = "0002"

_TABLES = (
    """
    CREATE TABLE exception (
        tenant_id text COLLATE "C" NOT NULL,
        exception_id text COLLATE "C" NOT NULL,
        domain text COLLATE "C" NOT NULL,
        type text COLLATE "C" NOT NULL,
        severity text COLLATE "C" NOT NULL,
        severity_rank smallint NOT NULL GENERATED ALWAYS AS (
            CASE severity WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 WHEN 'critical' THEN 4 END
        ) STORED,
        status text COLLATE "C" NOT NULL,
        source_system text COLLATE "C" NOT NULL,
        entity text COLLATE "C",
        amount numeric,
        currency text COLLATE "C",
        sla_deadline timestamptz,
        owner text COLLATE "C",
        current_playbook_id text COLLATE "C",
        current_step integer,
        raw_payload jsonb NOT NULL,
        normalized_context jsonb NOT NULL,
        source_digest bytea NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        resolved_at timestamptz,
        last_event_no bigint NOT NULL,
        last_event_hash bytea NOT NULL,
        CONSTRAINT pk_exception PRIMARY KEY (tenant_id, exception_id),
        CONSTRAINT ck_exception_exception_id CHECK (length(exception_id) BETWEEN 1 AND 128),
        CONSTRAINT ck_exception_severity CHECK (severity IN ('low', 'medium', 'high', 'critical')),
        CONSTRAINT ck_exception_status CHECK (status IN ('open', 'analyzing', 'resolved', 'escalated')),
        CONSTRAINT ck_exception_amount CHECK (amount NOT IN ('NaN', 'Infinity', '-Infinity')),
        CONSTRAINT ck_exception_resolved_at CHECK ((status = 'resolved') = (resolved_at IS NOT NULL)),
        CONSTRAINT ck_exception_current_step CHECK (current_step IS NULL OR current_playbook_id IS NOT NULL),
        CONSTRAINT ck_exception_updated_at CHECK (updated_at >= created_at),
        CONSTRAINT ck_exception_source_digest CHECK (length(source_digest) = 32),
        CONSTRAINT ck_exception_last_event_no CHECK (last_event_no >= 1),
        CONSTRAINT ck_exception_last_event_hash CHECK (length(last_event_hash) = 32)
    )
    """,
    """
    CREATE TABLE exception_event (
        tenant_id text COLLATE "C" NOT NULL,
        exception_id text COLLATE "C" NOT NULL,
        event_no bigint NOT NULL,
        event_id uuid NOT NULL,
        event_type text COLLATE "C" NOT NULL,
        actor_type text COLLATE "C" NOT NULL,
        actor_id text COLLATE "C" NOT NULL,
        payload jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        leaf bytea NOT NULL,
        hash bytea NOT NULL,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        CONSTRAINT pk_exception_event PRIMARY KEY (tenant_id, exception_id, event_no),
        CONSTRAINT uq_exception_event_event_id UNIQUE (tenant_id, event_id),
        CONSTRAINT ck_exception_event_event_no CHECK (event_no >= 1),
        CONSTRAINT ck_exception_event_event_type CHECK (length(event_type) BETWEEN 1 AND 100),
        CONSTRAINT ck_exception_event_actor_type CHECK (actor_type IN ('agent', 'user', 'system')),
        CONSTRAINT ck_exception_event_leaf CHECK (length(leaf) = 32),
        CONSTRAINT ck_exception_event_hash CHECK (length(hash) = 32)
    )
    """,
    """
    CREATE TABLE erasure (
        tenant_id text COLLATE "C" NOT NULL,
        exception_id text COLLATE "C" NOT NULL,
        erasure_no integer NOT NULL,
        events bigint NOT NULL,
        head_hash bytea NOT NULL,
        leaves bytea NOT NULL,
        reason text COLLATE "C" NOT NULL,
        operation_id uuid NOT NULL,
        erased_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        CONSTRAINT pk_erasure PRIMARY KEY (tenant_id, exception_id, erasure_no),
        CONSTRAINT ck_erasure_erasure_no CHECK (erasure_no >= 1),
        CONSTRAINT ck_erasure_events CHECK (events >= 1),
        CONSTRAINT ck_erasure_head_hash CHECK (length(head_hash) = 32),
        CONSTRAINT ck_erasure_leaves CHECK (length(leaves) = events * 32),
        CONSTRAINT ck_erasure_reason CHECK (length(reason) >= 1)
    )
    """,
    """
    ALTER TABLE exception ADD CONSTRAINT fk_exception_tenant
        FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id) ON DELETE RESTRICT
    """,
    """
    ALTER TABLE exception_event ADD CONSTRAINT fk_exception_event_exception
        FOREIGN KEY (tenant_id, exception_id) REFERENCES exception (tenant_id, exception_id) ON DELETE RESTRICT
    """,
    """
    ALTER TABLE erasure ADD CONSTRAINT fk_erasure_tenant
        FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id) ON DELETE RESTRICT
    """,
    "CREATE INDEX ix_exception_newest ON exception (tenant_id, created_at DESC, exception_id DESC)",
    "CREATE INDEX ix_exception_status_severity ON exception (tenant_id, status, severity)",
    "CREATE INDEX ix_exception_type ON exception (tenant_id, type, created_at DESC, exception_id DESC)",
    """
    CREATE INDEX ix_exception_sla_deadline ON exception (tenant_id, sla_deadline, exception_id)
        WHERE status <> 'resolved'
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

# A row leaves only in the transaction in which the owner recorded its erasure with the head hash it has. The record's
# transaction id is set by the server, so that an older record opens nothing.
_ERASURE_DOOR = (
    """
    CREATE FUNCTION sentinai_stamp_erasure() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
        NEW.xid := pg_current_xact_id();
        NEW.erased_at := clock_timestamp();
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE FUNCTION sentinai_guard_erasure() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND current_user = 'sentinai_owner' AND EXISTS (
            SELECT FROM erasure e JOIN exception x USING (tenant_id, exception_id)
            WHERE e.tenant_id = OLD.tenant_id AND e.exception_id = OLD.exception_id
              AND e.head_hash = x.last_event_hash AND e.events = x.last_event_no
              AND e.xid = pg_current_xact_id()
        ) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
    END
    $$
    """,
    """
    CREATE TRIGGER erasure_stamp BEFORE INSERT ON erasure
        FOR EACH ROW EXECUTE FUNCTION sentinai_stamp_erasure()
    """,
    """
    CREATE TRIGGER erasure_append_only BEFORE UPDATE OR DELETE ON erasure
        FOR EACH ROW EXECUTE FUNCTION sentinai_refuse_change()
    """,
    """
    CREATE TRIGGER exception_event_append_only BEFORE UPDATE OR DELETE ON exception_event
        FOR EACH ROW EXECUTE FUNCTION sentinai_guard_erasure()
    """,
    """
    CREATE TRIGGER exception_erasure_only BEFORE DELETE ON exception
        FOR EACH ROW EXECUTE FUNCTION sentinai_guard_erasure()
    """,
    """
    CREATE TRIGGER erasure_no_truncate BEFORE TRUNCATE ON erasure
        FOR EACH STATEMENT EXECUTE FUNCTION sentinai_refuse_change()
    """,
    """
    CREATE TRIGGER exception_event_no_truncate BEFORE TRUNCATE ON exception_event
        FOR EACH STATEMENT EXECUTE FUNCTION sentinai_refuse_change()
    """,
    """
    CREATE TRIGGER exception_no_truncate BEFORE TRUNCATE ON exception
        FOR EACH STATEMENT EXECUTE FUNCTION sentinai_refuse_change()
    """,
    "ALTER TABLE erasure ENABLE ALWAYS TRIGGER erasure_stamp",
    "ALTER TABLE erasure ENABLE ALWAYS TRIGGER erasure_append_only",
    "ALTER TABLE erasure ENABLE ALWAYS TRIGGER erasure_no_truncate",
    "ALTER TABLE exception_event ENABLE ALWAYS TRIGGER exception_event_append_only",
    "ALTER TABLE exception_event ENABLE ALWAYS TRIGGER exception_event_no_truncate",
    "ALTER TABLE exception ENABLE ALWAYS TRIGGER exception_erasure_only",
    "ALTER TABLE exception ENABLE ALWAYS TRIGGER exception_no_truncate",
)

_GRANTS = (
    """
    GRANT SELECT, INSERT, UPDATE (
        severity, status, source_system, entity, amount, currency, sla_deadline, owner, current_playbook_id,
        current_step, raw_payload, normalized_context, source_digest, updated_at, resolved_at, last_event_no,
        last_event_hash
    ) ON exception TO sentinai_app, sentinai_operator
    """,
    "GRANT SELECT ON exception_event TO sentinai_app, sentinai_operator",
    # Not on xid: which transaction wrote an event is the server's word alone.
    """
    GRANT INSERT (
        tenant_id, exception_id, event_no, event_id, event_type, actor_type, actor_id, payload, created_at, leaf, hash
    ) ON exception_event TO sentinai_app, sentinai_operator
    """,
    "GRANT SELECT ON erasure TO sentinai_app, sentinai_operator",
    "GRANT SELECT ON exception, exception_event, erasure TO sentinai_backup",
)


def upgrade() -> None:
    """Create."""
    for statement in _TABLES:
        op.execute(statement)
    for table in ("exception", "exception_event", "erasure"):
        for statement in _TENANT_RULE:
            op.execute(statement.format(table=table))
    for statement in (*_ERASURE_DOOR, *_GRANTS):
        op.execute(statement)


def downgrade() -> None:
    """Drop."""
    op.execute("DROP TABLE exception_event, erasure, exception")
    op.execute("DROP FUNCTION sentinai_guard_erasure()")
    op.execute("DROP FUNCTION sentinai_stamp_erasure()")
