"""The database roles behind the scopes, made by an idempotent bootstrap.

Roles belong to the whole server and outlive any one database, so no migration makes or drops them. Two bootstraps on
one server at once collide in the catalogue (42710, 23505, XX000); whoever loses simply looks again.
"""

import psycopg
from psycopg import sql
from psycopg.rows import scalar_row

from sentinai_cli.errors import Refused

OWNER = "sentinai_owner"
APP = "sentinai_app"
OPERATOR = "sentinai_operator"
BACKUP = "sentinai_backup"
ROLES = (OWNER, APP, OPERATOR, BACKUP)

_COLLISIONS = ("42710", "23505", "XX000")
_ATTEMPTS = 20


def bootstrap_roles(connection: psycopg.Connection) -> None:
    """Make the roles, and let this login take them without inheriting them. `connection` must be in autocommit.

    Raises Refused with the SQL for a DBA when this login may not do what is still missing.
    """
    missing = missing_roles(connection)
    for _ in range(_ATTEMPTS):
        try:
            for statement in missing:
                connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            break
        except psycopg.Error as error:
            if error.sqlstate not in _COLLISIONS:
                raise
        missing = missing_roles(connection)
        if not missing:
            return
    raise _roles_missing(connection, missing)


def role_script(connection: psycopg.Connection) -> list[str]:
    """What a DBA, who is a superuser, must run in this database for this login, in order; empty when all is there."""
    return [f"{statement.as_string(connection)};" for statement in missing_roles(connection, for_superuser=True)]


def missing_roles(connection: psycopg.Connection, *, for_superuser: bool = False) -> list[sql.Composed]:
    """The statements that this server and database still need, in order, as this login or a superuser may run them."""
    scalars = connection.cursor(row_factory=scalar_row)
    present = set(scalars.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [list(ROLES)]))
    row = connection.execute(
        "SELECT rolname, rolsuper, rolbypassrls, current_setting('server_version_num')::int,"
        " EXISTS (SELECT FROM pg_database WHERE datname = current_database() AND datdba = pg_roles.oid)"
        " FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert row is not None
    login, superuser, bypasses, version, owns_database = row
    bypass = for_superuser or superuser or bypasses
    statements = [
        sql.SQL("CREATE ROLE {} NOLOGIN {}").format(
            sql.Identifier(role), sql.SQL("BYPASSRLS" if role == BACKUP and bypass else "")
        )
        for role in ROLES
        if role not in present
    ]
    if not superuser:
        statements += _memberships(connection, login, version, present)
    may_create = "SELECT has_schema_privilege(%s, 'public', 'CREATE')"
    if OWNER not in present or not scalars.execute(may_create, [OWNER]).fetchone():
        # As the database's owner: a login that inherits nothing holds that role's rights only while it takes it.
        grant = sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(sql.Identifier(OWNER))
        if owns_database and not for_superuser:
            grant = sql.SQL("SET ROLE pg_database_owner; {}; RESET ROLE").format(grant)
        statements.append(grant)
    return statements


def _memberships(connection: psycopg.Connection, login: str, version: int, present: set[str]) -> list[sql.Composed]:
    """Let the login SET ROLE, without inheriting: without a scope nothing is visible.

    PostgreSQL 15 knows no per-membership INHERIT; there the login itself becomes NOINHERIT.
    """
    scalars = connection.cursor(row_factory=scalar_row)
    if version >= 160000:
        member_of = (
            "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = current_user::regrole"
            " AND set_option AND NOT inherit_option"
        )
        terms = sql.SQL(" WITH INHERIT FALSE, SET TRUE")
    else:
        member_of = "SELECT roleid::regrole::text FROM pg_auth_members WHERE member = current_user::regrole"
        terms = sql.SQL("")
    granted = set(scalars.execute(member_of)) & present
    statements = [
        sql.SQL("GRANT {} TO {}{}").format(sql.Identifier(role), sql.Identifier(login), terms)
        for role in (OWNER, APP, OPERATOR)
        if role not in granted
    ]
    inherits = scalars.execute("SELECT rolinherit FROM pg_roles WHERE rolname = current_user").fetchone()
    if version < 160000 and inherits:
        statements.append(sql.SQL("ALTER ROLE {} NOINHERIT").format(sql.Identifier(login)))
    return statements


def _roles_missing(connection: psycopg.Connection, missing: list[sql.Composed]) -> Refused:
    statements = " ".join(f"{statement.as_string(connection)};" for statement in missing)
    return Refused(
        "roles_missing",
        "this login may not make the database roles that keep tenants apart",
        why=f"a login with CREATEROLE must run once: {statements}",
        fix="sentinai migrate --print-role-sql",
    )
