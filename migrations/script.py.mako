"""${message}."""

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Change."""
    ${upgrades if upgrades else "raise NotImplementedError"}


def downgrade() -> None:
    """Change back."""
    ${downgrades if downgrades else "raise NotImplementedError"}
