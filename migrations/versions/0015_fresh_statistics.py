"""Statistics of exceptions and events that know a new tenant before it is large.

By statistics a tenant that came after they were gathered has no rows. Then any index that begins with the tenant is as
good as the key, small ones are cheaper, and each look by key reads all of the new tenant. By default they are gathered
again when a tenth of the table changed: of ten million exceptions, a million of them the new tenant's.

Safety: nothing is rewritten, and nobody waits; the version before goes on working. `downgrade` loses nothing.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

_TABLES = ("exception", "exception_event")


def upgrade() -> None:
    """A fiftieth of the default, beside a threshold that spares small tables."""
    for table in _TABLES:
        op.execute(
            f"ALTER TABLE {table} SET (autovacuum_analyze_scale_factor = 0.002, autovacuum_analyze_threshold = 10000)"
        )


def downgrade() -> None:
    """As the server has it."""
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} RESET (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold)")
