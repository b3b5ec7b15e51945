"""Indexes by which exceptions are listed by amount on any page, and found by the playbook they are in.

Safety: each index is built without blocking anybody; the version before goes on working, and writes a little slower.
`downgrade` loses nothing. A run that was cut off is repeated.
"""

from alembic import op

from sentinai_cli.db.migration_step import build_index

revision = "0011"
down_revision = "0010"

_INDEXES = {
    "ix_exception_amount": "(tenant_id, amount_rank DESC NULLS LAST, exception_id DESC)",
    "ix_exception_playbook": "(tenant_id, current_playbook_id, created_at DESC, exception_id DESC) "
    "WHERE current_playbook_id IS NOT NULL AND status <> 'resolved'",
}


def upgrade() -> None:
    """Build."""
    for name, columns in _INDEXES.items():
        build_index(name, f"ON exception {columns}")


def downgrade() -> None:
    """Drop."""
    for name in _INDEXES:
        op.execute(f"DROP INDEX {name}")
