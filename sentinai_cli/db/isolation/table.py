"""Which tables belong to tenants, and which stand outside the tenant rule for a stated reason."""

from collections.abc import Iterable, Mapping

import psycopg

from sentinai_cli.models.health import CheckState, Evidence, Seen

GLOBAL: Mapping[str, str] = {
    "alembic_version": "the revision of the whole database",
    "database_info": "what the database says about itself",
    "domain_pack_version": "domain packs are shared; each tenant activates its own version",
    "journal_cut": "what was cut off the operators' journal",
    "migration_record": "the revisions of the whole database",
    "operation": "the operators' journal, which covers acts across tenants; tenants cannot read it",
}

_TENANT_TABLES = """
    WITH RECURSIVE ours AS (
        SELECT c.oid FROM pg_class AS c
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> ALL (%(global)s)
        UNION
        SELECT i.inhrelid FROM pg_inherits AS i JOIN ours ON i.inhparent = ours.oid
    )
    SELECT oid::bigint, oid::regclass::text FROM ours ORDER BY 2
"""
_STRANGERS = """
    SELECT c.oid::regclass::text FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'f')
      AND c.oid <> ALL (%(tables)s) AND c.relname <> ALL (%(global)s)
      AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY 1
"""


def tenant_tables(connection: psycopg.Connection) -> dict[int, str]:
    """The tables that hold tenants' rows, partitions and children included, by oid; the names are ready for SQL."""
    found = connection.execute(_TENANT_TABLES, {"global": list(GLOBAL)})
    return {int(row[0]): str(row[1]) for row in found}


def tables(connection: psycopg.Connection) -> Seen:
    """Every table is a tenant's, or global for a reason that we know."""
    known = tenant_tables(connection)
    strangers = connection.execute(_STRANGERS, {"tables": list(known), "global": list(GLOBAL)}).fetchall()
    return Seen(
        covered=f"{len(known)} tenant tables, {len(GLOBAL)} global ones",
        evidence=tuple(
            Evidence(
                state=CheckState.FAIL,
                object=f"table {name}",
                finding="it has no tenant_id and is none of the global tables: nothing keeps tenants apart in it",
                fix=f"CREATE SCHEMA elsewhere; ALTER TABLE {name} SET SCHEMA elsewhere;",
            )
            for (name,) in strangers
        ),
    )


def missing_tables(connection: psycopg.Connection) -> list[str]:
    """The tables that this tool works with and the database does not have: its schema is not the current one."""
    from sentinai_cli.db.schema import metadata  # here, since a word about isolation does without SQLAlchemy

    names = sorted({*metadata.tables, *GLOBAL})
    asked = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass('public.' || quote_ident(name)) IS NULL"
    return [row[0] for row in connection.execute(asked, [names])]


def failures(rows: Iterable[tuple[str, str, str | None]]) -> tuple[Evidence, ...]:
    """Rows of object, finding and fix as failures."""
    return tuple(Evidence(state=CheckState.FAIL, object=name, finding=finding, fix=fix) for name, finding, fix in rows)
