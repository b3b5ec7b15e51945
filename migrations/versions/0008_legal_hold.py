"""The legal hold: what is held is not erased, by whatever way."""

from alembic import op

revision = "0008"
down_revision = "0007"

_TABLES = (
    """
    CREATE TABLE legal_hold (
        tenant_id text COLLATE "C" NOT NULL,
        hold_id uuid NOT NULL,
        exception_id text COLLATE "C",
        reason text COLLATE "C" NOT NULL,
        placed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        placed_by text COLLATE "C" NOT NULL,
        released_at timestamptz,
        released_by text COLLATE "C",
        release_reason text COLLATE "C",
        CONSTRAINT pk_legal_hold PRIMARY KEY (tenant_id, hold_id),
        CONSTRAINT ck_legal_hold_exception_id CHECK (length(exception_id) BETWEEN 1 AND 128),
        CONSTRAINT ck_legal_hold_reason CHECK (length(reason) >= 1),
        CONSTRAINT ck_legal_hold_released_by CHECK ((released_at IS NULL) = (released_by IS NULL)),
        CONSTRAINT ck_legal_hold_release_reason CHECK (
            (released_at IS NULL) = (release_reason IS NULL) AND length(release_reason) >= 1
        )
    )
    """,
    """
    ALTER TABLE legal_hold ADD CONSTRAINT fk_legal_hold_tenant
        FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id) ON DELETE RESTRICT
    """,
    # Asked for every single row that is erased.
    "CREATE INDEX ix_legal_hold_active ON legal_hold (tenant_id, exception_id) WHERE released_at IS NULL",
)

# Erasing shares a lock with all erasing of the tenant, placing a hold takes it alone: once a hold is placed, nothing
# that it covers goes any more, not even in a transaction that began before. For that a transaction must see what
# others commit while it runs.
_GUARD = (
    """
    CREATE FUNCTION sentinai_guard_hold() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    DECLARE
        held uuid;
    BEGIN
        IF current_setting('transaction_isolation') <> 'read committed' THEN
            RAISE EXCEPTION 'erasure needs READ COMMITTED, or a legal hold could be overlooked'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('sentinai.hold ' || NEW.tenant_id, 0));
        SELECT hold_id INTO held FROM legal_hold
        WHERE tenant_id = NEW.tenant_id AND (exception_id IS NULL OR exception_id = NEW.exception_id)
          AND released_at IS NULL
        LIMIT 1;
        IF held IS NOT NULL THEN
            RAISE EXCEPTION 'legal hold % keeps this exception from being erased', held
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER erasure_hold BEFORE INSERT ON erasure
        FOR EACH ROW EXECUTE FUNCTION sentinai_guard_hold()
    """,
    """
    CREATE FUNCTION sentinai_place_hold() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended('sentinai.hold ' || NEW.tenant_id, 0));
        NEW.placed_at := clock_timestamp();
        NEW.released_at := NULL;
        NEW.released_by := NULL;
        NEW.release_reason := NULL;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER legal_hold_place BEFORE INSERT ON legal_hold
        FOR EACH ROW EXECUTE FUNCTION sentinai_place_hold()
    """,
    """
    CREATE FUNCTION sentinai_release_hold() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
        IF OLD.released_at IS NOT NULL OR NEW.released_at IS NULL
           OR (NEW.tenant_id, NEW.hold_id, NEW.reason, NEW.placed_at, NEW.placed_by)
              <> (OLD.tenant_id, OLD.hold_id, OLD.reason, OLD.placed_at, OLD.placed_by)
           OR NEW.exception_id IS DISTINCT FROM OLD.exception_id THEN
            RAISE EXCEPTION 'a legal hold is released once, and nothing else of it changes'
                USING ERRCODE = 'insufficient_privilege';
        END IF;
        NEW.released_at := clock_timestamp();
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER legal_hold_release BEFORE UPDATE ON legal_hold
        FOR EACH ROW EXECUTE FUNCTION sentinai_release_hold()
    """,
    """
    CREATE TRIGGER legal_hold_no_delete BEFORE DELETE ON legal_hold
        FOR EACH ROW EXECUTE FUNCTION sentinai_refuse_change()
    """,
    """
    CREATE TRIGGER legal_hold_no_truncate BEFORE TRUNCATE ON legal_hold
        FOR EACH STATEMENT EXECUTE FUNCTION sentinai_refuse_change()
    """,
    "ALTER TABLE erasure ENABLE ALWAYS TRIGGER erasure_hold",
    "ALTER TABLE legal_hold ENABLE ALWAYS TRIGGER legal_hold_place",
    "ALTER TABLE legal_hold ENABLE ALWAYS TRIGGER legal_hold_release",
    "ALTER TABLE legal_hold ENABLE ALWAYS TRIGGER legal_hold_no_delete",
    "ALTER TABLE legal_hold ENABLE ALWAYS TRIGGER legal_hold_no_truncate",
)

_TENANT_RULE = (
    "ALTER TABLE legal_hold ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE legal_hold FORCE ROW LEVEL SECURITY",
    """
    CREATE POLICY tenant_scope ON legal_hold
        USING (tenant_id = (SELECT current_setting('sentinai.tenant_id', true)))
        WITH CHECK (tenant_id = (SELECT current_setting('sentinai.tenant_id', true)))
    """,
    "CREATE POLICY all_tenants ON legal_hold TO sentinai_operator USING (true) WITH CHECK (true)",
    """
    GRANT SELECT, INSERT, UPDATE (released_at, released_by, release_reason) ON legal_hold
        TO sentinai_app, sentinai_operator
    """,
    "GRANT SELECT ON legal_hold TO sentinai_backup",
)


def upgrade() -> None:
    """Create."""
    for statement in (*_TABLES, *_GUARD, *_TENANT_RULE):
        op.execute(statement)


def downgrade() -> None:
    """Drop. What was held is held no more."""
    op.execute("DROP TRIGGER erasure_hold ON erasure")
    op.execute("DROP TABLE legal_hold")
    for function in ("sentinai_guard_hold", "sentinai_place_hold", "sentinai_release_hold"):
        op.execute(f"DROP FUNCTION {function}()")
