"""The roles behind the scopes, and who else could see tenants' rows without one."""

from collections.abc import Iterator

import psycopg

from sentinai_cli.db.isolation.table import failures, tenant_tables
from sentinai_cli.db.roles import APP, BACKUP, OPERATOR, OWNER, ROLES
from sentinai_cli.models.health import CheckState, Evidence, Seen

_MISSING = """
    SELECT 'role ' || name, 'it does not exist: the scopes cannot be taken', format('CREATE ROLE %%I NOLOGIN;', name)
    FROM unnest(%(roles)s::text[]) AS name WHERE name NOT IN (SELECT rolname FROM pg_roles)
"""
_EXEMPT = """
    SELECT 'role ' || r.rolname, 'it is exempt from the policies: ' || power,
           format('ALTER ROLE %%I %%s;', r.rolname, undo)
    FROM pg_roles AS r CROSS JOIN LATERAL (VALUES
        (r.rolsuper, 'it is a superuser', 'NOSUPERUSER'),
        (r.rolbypassrls AND r.rolname <> %(backup)s::text, 'it has BYPASSRLS', 'NOBYPASSRLS'),
        (r.rolreplication, 'it may stream everything as a replica', 'NOREPLICATION'),
        (r.rolcreaterole, 'it may make roles and grant itself theirs', 'NOCREATEROLE'),
        (r.rolcanlogin, 'it may log in, and then choose its tenant itself', 'NOLOGIN')) AS has(it, power, undo)
    WHERE r.rolname = ANY (%(roles)s) AND has.it ORDER BY 1, 2
"""
_MEMBERS = """
    SELECT 'role ' || r.rolname, 'it may act as ' || other.rolname,
           format('REVOKE %%I FROM %%I;', other.rolname, r.rolname)
    FROM pg_roles AS r JOIN pg_roles AS other ON other.oid <> r.oid AND pg_has_role(r.oid, other.oid, 'MEMBER')
    WHERE r.rolname = ANY (%(roles)s) AND NOT r.rolsuper AND other.rolname <> 'pg_database_owner'
      AND (r.rolname IN (%(app)s::text, %(operator)s::text) OR other.rolsuper OR other.rolbypassrls)
    ORDER BY 1, 2
"""
_OWNERS = """
    SELECT format('table %%s', oid::regclass),
           'its owner is ' || pg_get_userbyid(relowner) || ', who may undo the rules',
           format('ALTER TABLE %%s OWNER TO %%I;', oid::regclass, %(owner)s::text)
    FROM pg_class WHERE oid = ANY (%(tables)s) AND pg_get_userbyid(relowner) <> %(owner)s::text ORDER BY 1
"""
_UNTAKEN = """
    SELECT 'login ' || current_user, 'it may not take the role ' || r.rolname || ': the scope cannot be entered',
           format('GRANT %%I TO %%I%%s;', r.rolname, current_user, %(terms)s::text)
    FROM pg_roles AS r
    WHERE r.rolname IN (%(app)s::text, %(operator)s::text) AND NOT pg_has_role(current_user, r.oid, %(taking)s::text)
    ORDER BY 2
"""
_INHERITING = """
    SELECT 'role ' || r.rolname, 'it has the rights of ' || ours.rolname || ' without taking a scope',
           CASE WHEN %(terms)s::text = '' THEN format('ALTER ROLE %%I NOINHERIT;', r.rolname)
                ELSE format('GRANT %%I TO %%I%%s;', ours.rolname, r.rolname, %(terms)s::text) END
    FROM pg_roles AS r JOIN pg_roles AS ours ON ours.rolname = ANY (%(roles)s)
    WHERE r.rolname <> ALL (%(roles)s) AND r.rolname !~ '^pg_' AND NOT r.rolsuper
      AND pg_has_role(r.oid, ours.oid, 'USAGE')
    ORDER BY 1, 2
"""
_BYPASSING = """
    SELECT 'role ' || r.rolname, 'it has BYPASSRLS and may read ' || count(*) || ' tenant tables',
           format('ALTER ROLE %%I NOBYPASSRLS;', r.rolname)
    FROM pg_roles AS r, unnest(%(tables)s::oid[]) AS t(oid)
    WHERE r.rolbypassrls AND NOT r.rolsuper AND r.rolname <> %(backup)s::text
      AND has_table_privilege(r.oid, t.oid, 'SELECT')
    GROUP BY r.rolname ORDER BY 1
"""
_OTHERS = """
    SELECT 'role ' || r.rolname,
           'it may touch ' || count(*) || ' tenant tables by itself, and set the tenant to whatever it likes',
           'REVOKE ' || coalesce(quote_ident((SELECT min(p.rolname) FROM pg_roles AS p
               WHERE p.rolname IN ('pg_read_all_data', 'pg_write_all_data') AND pg_has_role(r.oid, p.oid, 'USAGE'))),
               'ALL ON ALL TABLES IN SCHEMA public') || format(' FROM %%I;', r.rolname)
    FROM pg_roles AS r, unnest(%(tables)s::oid[]) AS t(oid)
    WHERE NOT r.rolsuper AND NOT r.rolbypassrls AND r.rolname !~ '^pg_' AND r.rolname <> ALL (%(roles)s)
      AND has_table_privilege(r.oid, t.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
      AND NOT EXISTS (SELECT FROM pg_roles AS ours WHERE ours.rolname = ANY (%(roles)s)
                      AND pg_has_role(r.oid, ours.oid, 'USAGE'))
    GROUP BY r.oid, r.rolname ORDER BY 1
"""
_LOGIN = """
    SELECT current_user, CASE WHEN rolsuper THEN 'is a superuser' ELSE 'has BYPASSRLS' END
    FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)
"""
_TERMS = " WITH INHERIT FALSE, SET TRUE"


def scope_roles(connection: psycopg.Connection) -> Seen:
    """The four roles exist, none is exempt from the policies, the owner owns the tables, and this login can take them.

    `sentinai_backup` has BYPASSRLS for a purpose, and nothing but SELECT (the check of grants).
    """
    rows = _asked(connection, _MISSING, _EXEMPT, _MEMBERS, _OWNERS, _UNTAKEN)
    return Seen(covered=f"{len(ROLES)} roles", evidence=failures(rows))


def logins(connection: psycopg.Connection, *, embedded: bool) -> Seen:
    """Nobody else sees tenants' rows without a scope.

    The login itself may be a superuser only on the embedded server, whose one user it is: elsewhere that is a warning.
    """
    evidence = [*failures(_asked(connection, _INHERITING, _BYPASSING))]
    evidence += [_warning(*row) for row in _asked(connection, _OTHERS)]
    login = connection.execute(_LOGIN).fetchone()
    if login is not None and not embedded:
        finding = f"it {login[1]}: our scopes step down from it, whatever else uses it sees every tenant"
        terms = ("", _TERMS) if _knows_terms(connection) else (" NOINHERIT", "")
        granting = f"GRANT {OWNER}, {APP}, {OPERATOR} TO sentinai_login{terms[1]};"
        evidence.append(
            _warning(f"login {login[0]}", finding, f"CREATE ROLE sentinai_login LOGIN{terms[0]}; {granting}")
        )
    counted = connection.execute("SELECT count(*) FROM pg_roles WHERE rolname !~ '^pg_'").fetchone()
    return Seen(covered=f"{counted[0] if counted else 0} roles of the server", evidence=tuple(evidence))


def _warning(name: str, finding: str, fix: str | None) -> Evidence:
    return Evidence(state=CheckState.WARN, object=name, finding=finding, fix=fix)


def _asked(connection: psycopg.Connection, *questions: str) -> Iterator[tuple[str, str, str | None]]:
    """Rows of object, finding and fix. PostgreSQL 15 knows neither SET nor INHERIT of a single membership."""
    modern = _knows_terms(connection)
    values = {
        "tables": list(tenant_tables(connection)),
        "roles": list(ROLES),
        "app": APP,
        "operator": OPERATOR,
        "owner": OWNER,
        "backup": BACKUP,
        "taking": "SET" if modern else "MEMBER",
        "terms": _TERMS if modern else "",
    }
    for question in questions:
        yield from connection.execute(question, values)


def _knows_terms(connection: psycopg.Connection) -> bool:
    return connection.info.server_version >= 160000
