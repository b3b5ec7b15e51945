"""Isolation in one word, for the status screen: a few catalogue questions and no look at any row."""

import psycopg

from sentinai_cli.db.isolation.policy import policies, row_security
from sentinai_cli.db.isolation.role import scope_roles
from sentinai_cli.models.database import Isolation
from sentinai_cli.models.health import CheckState


def isolation(connection: psycopg.Connection) -> Isolation:
    """Degraded when a tenant table is outside the rule or a scope's role is missing, exempt or not ours to take."""
    seen = (look(connection) for look in (row_security, policies, scope_roles))
    failed = any(one.state is CheckState.FAIL for each in seen for one in each.evidence)
    return Isolation.DEGRADED if failed else Isolation.ENFORCED
