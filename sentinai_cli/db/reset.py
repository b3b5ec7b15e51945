"""Taking everything of ours out of a database, and nothing else."""

import psycopg
from psycopg import sql

from sentinai_cli.db.migration_state import look
from sentinai_cli.db.roles import OWNER
from sentinai_cli.errors import Conflict
from sentinai_cli.models.database import SchemaState

_OURS = """
    SELECT 'TABLE', relname::text, '' FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND pg_get_userbyid(relowner) = %(owner)s
    UNION ALL
    SELECT 'ROUTINE', proname::text, '(' || pg_get_function_identity_arguments(oid) || ')' FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prokind IN ('f', 'p') AND pg_get_userbyid(proowner) = %(owner)s
    ORDER BY 1 DESC, 2
"""


def drop_ours(connection: psycopg.Connection) -> int:
    """Drop every table and routine of schema public that our owner role owns, in one transaction; how many tables.

    Ownership tells what is ours at any revision, a newer tool's included. Raises Conflict, and drops nothing:
    `others_depend` when somebody else's view or key hangs on a table of ours, `others_beside` when something in the
    schema is not ours, so that what remains could not be migrated again.
    """
    ours = connection.execute(_OURS, {"owner": OWNER}).fetchall()
    tables = [sql.Identifier("public", name) for kind, name, _ in ours if kind == "TABLE"]
    routines = [
        sql.SQL("{}{}").format(sql.Identifier("public", name), sql.SQL(arguments))
        for kind, name, arguments in ours
        if kind == "ROUTINE"
    ]
    try:
        with connection.transaction():
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))
            connection.execute("SET LOCAL lock_timeout = 5000")
            for kind, names in (("TABLE", tables), ("ROUTINE", routines)):
                if names:
                    every = sql.SQL(", ").join(names)
                    connection.execute(sql.SQL("DROP {} {}").format(sql.SQL(kind), every))
            stand = look(connection)
            if stand.state is not SchemaState.EMPTY:
                raise Conflict(
                    "others_beside",
                    "schema public holds something else beside the tables of sentinai; nothing was erased",
                    why=stand.detail,
                    fix="sentinai db shell",
                )
    except psycopg.errors.DependentObjectsStillExist as error:
        raise Conflict(
            "others_depend",
            "somebody else's objects hang on the tables of sentinai; nothing was erased",
            why=" ".join((error.diag.message_detail or "").split()),
            fix="sentinai db shell",
        ) from None
    return len(tables)
