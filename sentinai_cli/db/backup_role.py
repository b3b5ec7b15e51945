"""As whom every row of every tenant is read."""

from collections.abc import Sequence

import psycopg
from psycopg import sql

from sentinai_cli.db.roles import BACKUP, OPERATOR
from sentinai_cli.errors import Refused

_RIGHTS = """
    SELECT rolsuper, rolname, current_setting('server_version_num')::int >= 160000,
           coalesce((SELECT rolbypassrls FROM pg_roles WHERE rolname = %(role)s), false)
    FROM pg_roles WHERE rolname = current_user
"""
_CLOSED = """
    SELECT n.nspname::text FROM pg_namespace AS n
    WHERE n.nspname = ANY (%(schemas)s) AND EXISTS (SELECT FROM pg_roles WHERE rolname = %(role)s) AND (
        NOT has_schema_privilege(%(role)s, n.oid, 'USAGE')
        OR EXISTS (
            SELECT FROM pg_class AS c
            WHERE c.relnamespace = n.oid AND c.relkind IN ('r', 'p')
              AND NOT has_table_privilege(%(role)s, c.oid, 'SELECT')
        )
    )
"""


def backup_role(connection: psycopg.Connection, schemas: Sequence[str] = ()) -> str | None:
    """The role to SET before a backup of the schemas; None for a superuser, who reads as what it is.

    Raises Refused `backup_not_permitted` with what an administrator must run.
    """
    row = connection.execute(_RIGHTS, {"role": BACKUP}).fetchone()
    assert row is not None
    superuser, login, is_16, bypasses = row
    if superuser:
        return None
    may_set = _may_set(connection, "SET" if is_16 else "MEMBER")
    closed = [row[0] for row in connection.execute(_CLOSED, {"schemas": list(schemas), "role": BACKUP}).fetchall()]
    if bypasses and may_set and not closed:
        return BACKUP
    role, who = sql.Identifier(BACKUP), sql.Identifier(login)
    missing = []
    if not bypasses:
        missing.append(sql.SQL("ALTER ROLE {} BYPASSRLS;").format(role))
    if not may_set:
        terms = sql.SQL(" WITH INHERIT FALSE, SET TRUE" if is_16 else "")
        missing.append(sql.SQL("GRANT {} TO {}{};").format(role, who, terms))
    for schema in map(sql.Identifier, closed):
        missing.append(sql.SQL("GRANT USAGE ON SCHEMA {} TO {};").format(schema, role))
        missing.append(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {};").format(schema, role))
    statements = " ".join(statement.as_string(connection) for statement in missing)
    raise Refused(
        "backup_not_permitted",
        "this login may not read every tenant's rows, and a backup of some is none",
        why=f"an administrator of the server must run once: {statements}",
        fix="sentinai db shell",
    )


def reading_role(connection: psycopg.Connection) -> str | None:
    """The role in which to compare what was restored: of the backup where that is allowed, else the operators'.

    What the operators' role did not see would differ from the manifest, so nothing goes unnoticed.
    """
    try:
        return backup_role(connection)
    except Refused:
        return OPERATOR


def _may_set(connection: psycopg.Connection, right: str) -> bool:
    """Whether this login may SET ROLE; a server before 16 knows no such right apart from membership."""
    row = connection.execute(
        "SELECT coalesce((SELECT pg_has_role(current_user, oid, %s) FROM pg_roles WHERE rolname = %s), false)",
        [right, BACKUP],
    ).fetchone()
    return bool(row and row[0])
