"""Indexes by which the operator journal is listed: what changed something, and what concerned one tenant.

Safety: each index is built without blocking anybody; the version before goes on working. `downgrade` loses nothing. A
run that was cut off is repeated.
"""

from alembic import op

from sentinai_cli.db.migration_step import build_index

revision = "0013"
down_revision = "0012"

_INDEXES = {
    "ix_operation_changes": "(at DESC, operation_id DESC) WHERE NOT reads",
    "ix_operation_tenant": "(tenant_id, at DESC, operation_id DESC) WHERE tenant_id IS NOT NULL",
}


def upgrade() -> None:
    """Build."""
    for name, columns in _INDEXES.items():
        build_index(name, f"ON operation {columns}")


def downgrade() -> None:
    """Drop."""
    for name in _INDEXES:
        op.execute(f"DROP INDEX {name}")
