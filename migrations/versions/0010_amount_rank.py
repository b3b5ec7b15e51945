"""The place of an amount in order, as a number that an index compares under row-level security.

Safety: the table is rewritten once, and nobody reads or writes exceptions meanwhile, about ten seconds for a million of
them; the indexes by amount and by deadline go before, so that they are not rebuilt. The version before goes on working,
but orders by amount slowly. `downgrade` loses nothing: the column is computed. A run that was cut off is repeated.
"""

from alembic import op

from sentinai_cli.db.migration_step import build_index

revision = "0010"
down_revision = "0009"

# Numeric holds numbers so large and so small that the cast would be out of range.
_COLUMN = """
    -- sentinai: allow column_rewrites_table because no expression over numeric is an index condition under a policy
    ALTER TABLE exception ADD COLUMN amount_rank double precision
        GENERATED ALWAYS AS (
            CASE WHEN amount IS NOT NULL THEN least(greatest(round(amount, 12), -1e30), 1e30)::double precision END
        ) STORED
"""


def upgrade() -> None:
    """Drop what the next revision replaces, and add the column."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_exception_amount")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_exception_deadline")
    op.execute(_COLUMN)


def downgrade() -> None:
    """Go back to the indexes of before."""
    build_index("ix_exception_amount", "ON exception (tenant_id, amount DESC NULLS LAST, exception_id DESC)")
    build_index("ix_exception_deadline", "ON exception (tenant_id, sla_deadline, exception_id)")
    op.execute("ALTER TABLE exception DROP COLUMN amount_rank")
