"""A tenant that is not active takes nothing new; the door through which all of a tenant goes, but for its traces."""

from alembic import op

revision = "0009"
down_revision = "0008"

_TABLES = (
    """
    CREATE TABLE tenant_purge (
        tenant_id text COLLATE "C" NOT NULL,
        operation_id uuid NOT NULL,
        reason text COLLATE "C",
        started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        started_by text COLLATE "C" NOT NULL,
        rows_before jsonb NOT NULL,
        receipt jsonb,
        finished_at timestamptz,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        CONSTRAINT pk_tenant_purge PRIMARY KEY (tenant_id),
        CONSTRAINT ck_tenant_purge_receipt CHECK ((receipt IS NULL) = (finished_at IS NULL))
    )
    """,
    """
    ALTER TABLE tenant_purge ADD CONSTRAINT fk_tenant_purge_tenant
        FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id) ON DELETE RESTRICT
    """,
)

# Asked once a statement, of the tenant in whose scope it runs: a question for each row would slow loads down.
_TAKES_NOTHING = (
    """
    CREATE FUNCTION sentinai_refuse_inactive() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, public AS $$
    DECLARE
        present text;
    BEGIN
        SELECT CASE WHEN p.tenant_id IS NULL THEN t.status ELSE 'purged' END INTO present
        FROM tenant AS t LEFT JOIN tenant_purge AS p ON p.tenant_id = t.tenant_id AND p.finished_at IS NOT NULL
        WHERE t.tenant_id = nullif(current_setting('sentinai.tenant_id', true), '');
        IF present <> 'active' THEN
            RAISE EXCEPTION 'the tenant is %: it takes nothing new', present USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NULL;
    END
    $$
    """,
)
_GUARDED = ("exception", "seed_run", "pack_activation", "tenant_policy_pack_version")
_REFUSE_INACTIVE = (
    """
    CREATE TRIGGER {table}_active_tenant BEFORE INSERT ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION sentinai_refuse_inactive()
    """,
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_active_tenant",
)

# A purge is entered when it begins. What else is append-only goes only in the transaction that has touched the entry
# before it was finished, which nothing does while a legal hold covers anything of the tenant.
_DOOR = (
    """
    CREATE FUNCTION sentinai_touch_purge() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
        NEW.xid := pg_current_xact_id();
        IF TG_OP = 'INSERT' THEN
            NEW.started_at := clock_timestamp();
            NEW.finished_at := NULL;
            NEW.receipt := NULL;
            RETURN NEW;
        END IF;
        IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'a purge needs READ COMMITTED, or a legal hold could be overlooked'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('sentinai.hold ' || NEW.tenant_id, 0));
        IF OLD.finished_at IS NOT NULL
           OR (NEW.tenant_id, NEW.operation_id, NEW.started_at, NEW.started_by, NEW.rows_before)
              <> (OLD.tenant_id, OLD.operation_id, OLD.started_at, OLD.started_by, OLD.rows_before)
           OR NEW.reason IS DISTINCT FROM OLD.reason THEN
            RAISE EXCEPTION 'a purge is finished once, and nothing else of it changes'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF EXISTS (SELECT FROM legal_hold WHERE tenant_id = NEW.tenant_id AND released_at IS NULL) THEN
            RAISE EXCEPTION 'a legal hold keeps the tenant from being purged' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF NEW.receipt IS NOT NULL THEN
            NEW.finished_at := clock_timestamp();
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER tenant_purge_touch BEFORE INSERT OR UPDATE ON tenant_purge
        FOR EACH ROW EXECUTE FUNCTION sentinai_touch_purge()
    """,
    """
    CREATE TRIGGER tenant_purge_no_delete BEFORE DELETE ON tenant_purge
        FOR EACH ROW EXECUTE FUNCTION sentinai_refuse_change()
    """,
    """
    CREATE TRIGGER tenant_purge_no_truncate BEFORE TRUNCATE ON tenant_purge
        FOR EACH STATEMENT EXECUTE FUNCTION sentinai_refuse_change()
    """,
    "ALTER TABLE tenant_purge ENABLE ALWAYS TRIGGER tenant_purge_touch",
    "ALTER TABLE tenant_purge ENABLE ALWAYS TRIGGER tenant_purge_no_delete",
    "ALTER TABLE tenant_purge ENABLE ALWAYS TRIGGER tenant_purge_no_truncate",
    """
    CREATE FUNCTION sentinai_guard_purge() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND current_user = 'sentinai_owner' AND EXISTS (
            SELECT FROM tenant_purge WHERE tenant_id = OLD.tenant_id AND xid = pg_current_xact_id()
        ) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
    END
    $$
    """,
)
_APPEND_ONLY = ("pack_activation", "tenant_policy_pack_version")
_GUARD = (
    "DROP TRIGGER {table}_append_only ON {table}",
    """
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION {function}()
    """,
    "ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_append_only",
)

_TENANT_RULE = (
    "ALTER TABLE tenant_purge ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE tenant_purge FORCE ROW LEVEL SECURITY",
    """
    CREATE POLICY tenant_scope ON tenant_purge
        USING (tenant_id = (SELECT current_setting('sentinai.tenant_id', true)))
        WITH CHECK (tenant_id = (SELECT current_setting('sentinai.tenant_id', true)))
    """,
    "CREATE POLICY all_tenants ON tenant_purge TO sentinai_operator USING (true) WITH CHECK (true)",
    "GRANT SELECT ON tenant_purge TO sentinai_app, sentinai_operator, sentinai_backup",
)


def upgrade() -> None:
    """Create."""
    for statement in (*_TABLES, *_TAKES_NOTHING, *_DOOR, *_TENANT_RULE):
        op.execute(statement)
    for table in _GUARDED:
        for statement in _REFUSE_INACTIVE:
            op.execute(statement.format(table=table))
    for table in _APPEND_ONLY:
        for statement in _GUARD:
            op.execute(statement.format(table=table, function="sentinai_guard_purge"))


def downgrade() -> None:
    """Drop. What a purge said of itself is lost; the tenants that were purged stay archived and empty."""
    for table in _APPEND_ONLY:
        for statement in _GUARD:
            op.execute(statement.format(table=table, function="sentinai_refuse_change"))
    for table in _GUARDED:
        op.execute(f"DROP TRIGGER {table}_active_tenant ON {table}")
    op.execute("DROP TABLE tenant_purge")
    for function in ("sentinai_refuse_inactive", "sentinai_guard_purge", "sentinai_touch_purge"):
        op.execute(f"DROP FUNCTION {function}()")
