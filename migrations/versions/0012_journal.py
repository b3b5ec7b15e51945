"""Readings in the operator journal, and the door through which its oldest entries may leave.

Safety: nothing is rewritten; a column with a constant default is added. The version before goes on working, and takes
readings for changes. `downgrade` forgets which entries were readings, and what was cut off.
"""

from alembic import op

revision = "0012"
down_revision = "0011"

_TABLES = (
    "ALTER TABLE operation ADD COLUMN reads boolean NOT NULL DEFAULT false",
    """
    CREATE TABLE journal_cut (
        cut_id uuid NOT NULL,
        until timestamptz NOT NULL,
        entries bigint NOT NULL,
        sha256 text COLLATE "C" NOT NULL,
        reason text COLLATE "C",
        cut_by text COLLATE "C" NOT NULL,
        cut_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        CONSTRAINT pk_journal_cut PRIMARY KEY (cut_id),
        CONSTRAINT ck_journal_cut_entries CHECK (entries >= 1),
        CONSTRAINT ck_journal_cut_sha256 CHECK (sha256 ~ '^[0-9a-f]{64}$')
    )
    """,
)

# What is cut off was written down before, its digest stands here, and nothing of the last thirty days can go: whoever
# did something cannot remove its traces by cutting.
_DOOR = (
    """
    CREATE FUNCTION sentinai_stamp_cut() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
        NEW.xid := pg_current_xact_id();
        NEW.cut_at := clock_timestamp();
        IF NEW.until > clock_timestamp() - interval '30 days' THEN
            RAISE EXCEPTION 'the last thirty days of the journal stay' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END
    $$
    """,
    """
    CREATE TRIGGER journal_cut_stamp BEFORE INSERT ON journal_cut
        FOR EACH ROW EXECUTE FUNCTION sentinai_stamp_cut()
    """,
    """
    CREATE TRIGGER journal_cut_append_only BEFORE UPDATE OR DELETE ON journal_cut
        FOR EACH ROW EXECUTE FUNCTION sentinai_refuse_change()
    """,
    """
    CREATE TRIGGER journal_cut_no_truncate BEFORE TRUNCATE ON journal_cut
        FOR EACH STATEMENT EXECUTE FUNCTION sentinai_refuse_change()
    """,
    "ALTER TABLE journal_cut ENABLE ALWAYS TRIGGER journal_cut_stamp",
    "ALTER TABLE journal_cut ENABLE ALWAYS TRIGGER journal_cut_append_only",
    "ALTER TABLE journal_cut ENABLE ALWAYS TRIGGER journal_cut_no_truncate",
    """
    CREATE FUNCTION sentinai_guard_journal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND current_user = 'sentinai_owner' AND EXISTS (
            SELECT FROM journal_cut WHERE xid = pg_current_xact_id() AND until > OLD.at
        ) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege';
    END
    $$
    """,
)
_GUARD = (
    "DROP TRIGGER operation_append_only ON operation",
    """
    CREATE TRIGGER operation_append_only BEFORE UPDATE OR DELETE ON operation
        FOR EACH ROW EXECUTE FUNCTION {function}()
    """,
    "ALTER TABLE operation ENABLE ALWAYS TRIGGER operation_append_only",
)
_GRANTS = ("GRANT SELECT ON journal_cut TO sentinai_operator, sentinai_backup",)


def upgrade() -> None:
    """Create."""
    for statement in (*_TABLES, *_DOOR, *_GRANTS):
        op.execute(statement)
    for statement in _GUARD:
        op.execute(statement.format(function="sentinai_guard_journal"))


def downgrade() -> None:
    """Drop."""
    for statement in _GUARD:
        op.execute(statement.format(function="sentinai_refuse_change"))
    op.execute("DROP TABLE journal_cut")
    op.execute("DROP FUNCTION sentinai_guard_journal()")
    op.execute("DROP FUNCTION sentinai_stamp_cut()")
    op.execute("ALTER TABLE operation DROP COLUMN reads")
