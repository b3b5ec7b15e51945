"""${message}.

Safety: TODO which tables it locks and for how long, whether the version before goes on working meanwhile and after,
and what `downgrade` loses. `sentinai migrate lint` reports this paragraph until it is written.
"""
<%
    body = f"{upgrades or ''}{downgrades or ''}"
    up = upgrades if upgrades and upgrades.strip() != "pass" else "raise NotImplementedError"
    down = downgrades if downgrades and downgrades.strip() != "pass" else "raise NotImplementedError"
%>
% if "sa." in body:
import sqlalchemy as sa
% endif
from alembic import op
% if imports:
${imports}
% endif

revision = "${up_revision}"
down_revision = "${down_revision}"


def upgrade() -> None:
    """Change."""
    ${up}


def downgrade() -> None:
    """Change back."""
    ${down}
