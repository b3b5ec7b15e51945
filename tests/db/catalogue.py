"""What the catalogue says of schema public, as sorted lines that two databases can be compared by."""

import psycopg

_QUERIES = (
    """
    SELECT concat_ws(' ', 'table', relname, relrowsecurity, relforcerowsecurity, relowner::regrole, relacl,
                     reloptions)
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    """,
    """
    SELECT concat_ws(' ', 'column', attrelid::regclass, attname, format_type(atttypid, atttypmod),
                     attcollation::regcollation, attnotnull, attgenerated, pg_get_expr(adbin, adrelid), attacl)
    FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
    """,
    """
    SELECT concat_ws(' ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(oid), tgenabled) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT concat_ws(' ', 'policy', tablename, policyname, roles, qual, with_check) FROM pg_policies",
    """
    SELECT 'routine ' || pg_get_functiondef(oid)
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p')
    """,
)


def snapshot(connection: psycopg.Connection) -> list[str]:
    """Tables, columns, constraints, indexes, triggers, policies, functions and their rights, but for alembic's own."""
    lines = [row[0] for query in _QUERIES for row in connection.execute(query).fetchall()]
    return sorted(line for line in lines if "alembic_version" not in line)
