"""Loading exceptions with their events, never touching rows that exist.

COPY cannot write into a table under row-level security, hence the staging tables and key-sorted inserts; sorting
keeps concurrent loads from deadlocking. Events follow only the exceptions that were inserted: an existing one keeps
its own history. A session that bypasses row-level security may copy straight into the tables: twice as fast, and all
or nothing. Keys, checks and the triggers that guard the log hold either way; so do foreign keys, but that a superuser's
copy is asked about them once, as a set, instead of row by row.
"""

import psycopg

from sentinai_cli.db.repositories.copy_text import EVENT, EXCEPTION, CopyText

_EXCEPTIONS = f"""
    INSERT INTO exception ({EXCEPTION})
    SELECT {EXCEPTION} FROM staged_exception WHERE tenant_id = %s ORDER BY tenant_id, exception_id
    ON CONFLICT (tenant_id, exception_id) DO NOTHING
    RETURNING exception_id
"""  # noqa: S608 - made of constants, as the one below
_EVENTS = f"INSERT INTO exception_event ({EVENT}) SELECT {EVENT} FROM staged_event WHERE tenant_id = %s"  # noqa: S608
_BYPASS = """
    SELECT rolsuper OR rolbypassrls AND has_table_privilege('exception', 'INSERT')
        AND has_table_privilege('exception_event', 'INSERT') AND has_table_privilege('seed_chunk', 'INSERT')
        AND has_table_privilege('seed_chunk', 'SELECT')
    FROM pg_roles WHERE rolname = current_user
"""
_MAY_PROVE = "SELECT has_parameter_privilege('session_replication_role', 'SET')"
_TENANT = "SELECT FROM tenant WHERE tenant_id = %s FOR KEY SHARE"
_BY_SET = "SET LOCAL session_replication_role = replica"
_BY_ROW = "SET LOCAL session_replication_role = origin"
# Statistics know nothing of a tenant whose first rows these are, and then any index that begins with the tenant seems
# as good as another, and a loop as good as anything: without the others, both keys are read side by side.
_OTHER_WAYS = ("seqscan", "bitmapscan", "nestloop", "hashjoin", "sort")
_BY_KEY = "; ".join(f"SET LOCAL enable_{way} = off" for way in _OTHER_WAYS)
ORPHANS = """
    SELECT count(*) FROM exception_event AS e
    WHERE e.tenant_id = %(tenant)s AND e.exception_id BETWEEN %(lowest)s AND %(highest)s AND NOT EXISTS (
        SELECT FROM exception AS x WHERE x.tenant_id = e.tenant_id AND x.exception_id = e.exception_id
            AND x.exception_id BETWEEN %(lowest)s AND %(highest)s
    )
"""


def bypasses_row_security(connection: psycopg.Connection) -> bool:
    """Whether this session, in the role it has, may copy straight into the tables."""
    row = connection.execute(_BYPASS).fetchone()
    return row is not None and bool(row[0])


def copy_straight(connection: psycopg.Connection, rows: CopyText) -> None:
    """Copy new rows into the tables. Raises psycopg's UniqueViolation when one is there already."""
    with connection.cursor() as cursor:
        _copy(cursor, f"exception ({EXCEPTION})", rows.exceptions)
        _copy(cursor, f"exception_event ({EVENT})", rows.events)


def may_prove(connection: psycopg.Connection) -> bool:
    """Whether this session may use `copy_proven`."""
    row = connection.execute(_MAY_PROVE).fetchone()
    return row is not None and bool(row[0])


def copy_proven(connection: psycopg.Connection, tenant_id: str, rows: CopyText) -> None:
    """Copy new rows of one tenant as `copy_straight` does, with its foreign keys proven for all rows at once.

    What the keys would have held is held: the tenant is locked against going, and before the transaction can end every
    event between the rows' ids is seen to have its exception, by the indexes of both. Raises RuntimeError otherwise.
    """
    if connection.execute(_TENANT, [tenant_id]).fetchone() is None:
        raise RuntimeError(f"there is no tenant {tenant_id}")
    connection.execute(_BY_SET)
    copy_straight(connection, rows)
    connection.execute(f"{_BY_ROW}; {_BY_KEY}")
    found = connection.execute(
        ORPHANS, {"tenant": tenant_id, "lowest": rows.lowest, "highest": rows.highest}
    ).fetchone()
    if found != (0,):
        raise RuntimeError(f"events of {tenant_id} without their exceptions: {found}")


def load_staged(connection: psycopg.Connection, tenant_id: str, rows: CopyText) -> int:
    """Insert the rows that are not there yet; how many exceptions were inserted. Inside the caller's transaction."""
    return len(load_missing(connection, tenant_id, rows))


def load_missing(connection: psycopg.Connection, tenant_id: str, rows: CopyText) -> list[str]:
    """The same; the ids of the exceptions that were inserted."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE staged_exception (LIKE exception) ON COMMIT DROP")
        cursor.execute("CREATE TEMP TABLE staged_event (LIKE exception_event) ON COMMIT DROP")
        cursor.execute("ALTER TABLE staged_exception ALTER severity_rank DROP NOT NULL")
        cursor.execute("ALTER TABLE staged_event ALTER xid DROP NOT NULL")
        _copy(cursor, f"staged_exception ({EXCEPTION})", rows.exceptions)
        _copy(cursor, f"staged_event ({EVENT})", rows.events)
        cursor.execute(_EXCEPTIONS, [tenant_id])
        added: list[str] = [row[0] for row in cursor.fetchall()]
        if len(added) == rows.records:
            cursor.execute(_EVENTS, [tenant_id])
        elif added:
            cursor.execute(f"{_EVENTS} AND exception_id = ANY (%s)", [tenant_id, added])
        cursor.execute("DROP TABLE staged_exception, staged_event")
        return added


def _copy(cursor: psycopg.Cursor, target: str, text: str) -> None:
    with cursor.copy(f"COPY {target} FROM STDIN") as copy:
        copy.write(text)
