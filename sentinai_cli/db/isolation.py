"""Whether tenants are kept apart by the database itself, as far as the catalogue tells."""

import psycopg

from sentinai_cli.db.roles import APP, OPERATOR
from sentinai_cli.models.database import Isolation

_UNGUARDED = """
    SELECT count(*) FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'operation'
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
"""
_EXEMPT = "SELECT count(*) FROM pg_roles WHERE rolname = ANY (%s) AND NOT (rolsuper OR rolbypassrls)"


def isolation(connection: psycopg.Connection) -> Isolation:
    """Enforced when every tenant table is under forced row-level security and no scope's role is exempt from it."""
    unguarded = connection.execute(_UNGUARDED).fetchone()
    bound = connection.execute(_EXEMPT, [[APP, OPERATOR]]).fetchone()
    return Isolation.ENFORCED if unguarded == (0,) and bound == (2,) else Isolation.DEGRADED
