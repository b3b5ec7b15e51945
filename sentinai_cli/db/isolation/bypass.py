"""Ways around the policies: code and views that run with somebody else's rights, copies, and rewritten statements."""

import psycopg

from sentinai_cli.db.isolation.table import failures, tenant_tables
from sentinai_cli.db.roles import APP, OPERATOR
from sentinai_cli.models.health import CheckState, Evidence, Seen

_FUNCTIONS = """
    SELECT 'function ' || p.oid::regprocedure,
           'it runs with the rights of ' || pg_get_userbyid(p.proowner) || ', not of the scope that calls it',
           format('ALTER %%s %%s SECURITY INVOKER;', CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END,
                  p.oid::regprocedure),
           EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname IN (%(app)s::text, %(operator)s::text)
                   AND has_function_privilege(r.oid, p.oid, 'EXECUTE') AND has_schema_privilege(r.oid, n.oid, 'USAGE'))
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.prosecdef AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = p.oid AND d.deptype = 'e')
    ORDER BY 1
"""
_VIEWS = """
    WITH RECURSIVE reads AS (
        SELECT DISTINCT r.ev_class AS reader, d.refobjid AS source
        FROM pg_rewrite AS r JOIN pg_depend AS d ON d.objid = r.oid AND d.classid = 'pg_rewrite'::regclass
        WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
    ), exposed AS (
        SELECT reader FROM reads WHERE source = ANY (%(tables)s)
        UNION SELECT reads.reader FROM reads JOIN exposed ON reads.source = exposed.reader
    )
    SELECT CASE c.relkind WHEN 'm' THEN 'materialised view ' ELSE 'view ' END || c.oid::regclass,
           CASE c.relkind WHEN 'm' THEN 'it holds copies of tenants'' rows, and no policy can be put on it'
                ELSE 'it reads with the rights of ' || pg_get_userbyid(c.relowner) || ', not of the scope' END,
           CASE c.relkind WHEN 'm' THEN format('DROP MATERIALIZED VIEW %%s;', c.oid::regclass)
                ELSE format('ALTER VIEW %%s SET (security_invoker = true);', c.oid::regclass) END
    FROM exposed JOIN pg_class AS c ON c.oid = exposed.reader
    WHERE c.relkind = 'm' OR c.relkind = 'v' AND NOT coalesce(
        (SELECT option_value::boolean FROM pg_options_to_table(c.reloptions) WHERE option_name = 'security_invoker'),
        false)
    ORDER BY 1
"""
_RULES = """
    SELECT format('rule %%I on %%s', rulename, ev_class::regclass), 'it rewrites what is done to the table',
           format('DROP RULE %%I ON %%s;', rulename, ev_class::regclass)
    FROM pg_rewrite WHERE ev_class = ANY (%(tables)s) ORDER BY 1
"""


def functions(connection: psycopg.Connection) -> Seen:
    """No function runs with its owner's rights; one that no scope may call is only a warning."""
    found = connection.execute(_FUNCTIONS, {"app": APP, "operator": OPERATOR}).fetchall()
    return Seen(
        covered="every function but those of extensions",
        evidence=tuple(
            Evidence(state=CheckState.FAIL if reachable else CheckState.WARN, object=name, finding=finding, fix=fix)
            for name, finding, fix, reachable in found
        ),
    )


def views(connection: psycopg.Connection) -> Seen:
    """Views on tenant tables read with the rights of who asks; there is no materialised view and no rule on them."""
    tables = {"tables": list(tenant_tables(connection))}
    rows = [row for question in (_VIEWS, _RULES) for row in connection.execute(question, tables)]
    return Seen(covered=f"whatever reads or rewrites {len(tables['tables'])} tables", evidence=failures(rows))
