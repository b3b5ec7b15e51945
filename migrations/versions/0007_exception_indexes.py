"""Indexes by which exceptions are found by entity, source and owner, and listed by severity, amount and deadline.

Safety: each index is built without blocking anybody; the version before goes on working, and writes a little slower.
`downgrade` loses nothing. A run that was cut off is repeated.
"""

from alembic import op

from sentinai_cli.db.migration_step import build_index

revision = "0007"
down_revision = "0006"

# Most exceptions have no owner and some no entity: who looks for those reads the newest, and need not be indexed.
_INDEXES = {
    "ix_exception_entity": "(tenant_id, entity, created_at DESC, exception_id DESC) WHERE entity IS NOT NULL",
    "ix_exception_source": "(tenant_id, source_system, created_at DESC, exception_id DESC)",
    "ix_exception_owner": "(tenant_id, owner, created_at DESC, exception_id DESC) WHERE owner IS NOT NULL",
    "ix_exception_severity": "(tenant_id, severity_rank DESC, created_at DESC, exception_id DESC)",
    "ix_exception_amount": "(tenant_id, amount DESC NULLS LAST, exception_id DESC)",
    "ix_exception_deadline": "(tenant_id, sla_deadline, exception_id)",
}


def upgrade() -> None:
    """Build."""
    for name, columns in _INDEXES.items():
        build_index(name, f"ON exception {columns}")


def downgrade() -> None:
    """Drop."""
    for name in _INDEXES:
        op.execute(f"DROP INDEX {name}")
