"""What the catalogue says of schema public, as sorted lines that two databases can be compared by."""

import psycopg

_QUERIES = (
    "SELECT 'table ' || relname || ' ' || relrowsecurity || relforcerowsecurity || ' ' || relowner::regrole"
    " || ' ' || coalesce(relacl::text, '') FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind IN ('r', 'p')",
    "SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' '"
    " || coalesce(column_default, '') FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)"
    " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'trigger ' || pg_get_triggerdef(oid) || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'policy ' || tablename || ' ' || policyname || ' ' || roles::text || ' ' || qual FROM pg_policies",
    "SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    " AND prokind = 'f'",
)


def snapshot(connection: psycopg.Connection) -> list[str]:
    """Tables, columns, constraints, indexes, triggers, policies, functions and their rights, but for alembic's own."""
    lines = [row[0] for query in _QUERIES for row in connection.execute(query).fetchall()]
    return sorted(line for line in lines if "alembic_version" not in line)
