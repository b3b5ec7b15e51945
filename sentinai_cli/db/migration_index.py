"""Invalid indexes: what CREATE INDEX CONCURRENTLY leaves behind when it is cut off. They cost writes and serve nobody.

`IF NOT EXISTS` takes one for the real thing, which is why they are looked for and never left.
"""

import re
from collections.abc import Callable

import psycopg
from psycopg import sql

from sentinai_cli.db.fingerprint import shipped
from sentinai_cli.errors import CheckFailed, Conflict

_INVALID = """
    SELECT i.relname
    FROM pg_index AS x
    JOIN pg_class AS i ON i.oid = x.indexrelid
    JOIN pg_class AS t ON t.oid = x.indrelid
    WHERE t.relnamespace = 'public'::regnamespace AND NOT (x.indisvalid AND x.indisready)
      AND NOT EXISTS (SELECT FROM pg_stat_progress_create_index AS b WHERE b.index_relid = x.indexrelid)
    ORDER BY i.relname
"""
_REBUILDING = re.compile(r"_cc(?:new|old)\d*$")


def invalid_indexes(connection: psycopg.Connection) -> list[str]:
    """Their names. One that somebody is building at this moment is not among them."""
    return [row[0] for row in connection.execute(_INVALID).fetchall()]


def repair_indexes(
    connection: psycopg.Connection, *, current: str | None, target: str, say: Callable[[str], None]
) -> tuple[str, ...]:
    """Rebuild those that the current revision has, drop those that are remains; the names of both.

    A remnant is an index of a revision still to come, or what an unfinished rebuild left. Any other is not ours, and
    raises CheckFailed. `connection` is the owner's, in autocommit: building blocks no reader and no writer.
    """
    found = invalid_indexes(connection)
    if not found:
        return ()
    ours = shipped(current)["index"] if current else {}
    coming = shipped(target)["index"]
    for name in found:
        index = sql.Identifier("public", name)
        if name in ours:
            say(f"rebuilding the invalid index {name}")
            statement = sql.SQL("REINDEX INDEX CONCURRENTLY {}").format(index)
        elif name in coming or _REBUILDING.sub("", name) in {*ours, *coming}:
            say(f"dropping the unfinished index {name}")
            statement = sql.SQL("DROP INDEX CONCURRENTLY {}").format(index)
        else:
            raise CheckFailed(
                "invalid_index",
                f"the index {name} is invalid, and no revision knows it",
                why="somebody's CREATE INDEX CONCURRENTLY was cut off; whoever made it must drop or rebuild it",
                fix="sentinai db shell",
            )
        try:
            connection.execute(statement)
        except psycopg.errors.LockNotAvailable as error:
            raise Conflict(
                "index_in_use", f"the invalid index {name} cannot be repaired now", why=str(error).strip()
            ) from error
    return tuple(found)


def require_valid_indexes(connection: psycopg.Connection) -> None:
    """Raises CheckFailed when a revision left an index that is not valid."""
    if found := invalid_indexes(connection):
        raise CheckFailed(
            "invalid_index",
            f"not valid after migrating: {', '.join(found)}",
            why="building it was cut off; the next run rebuilds it",
            fix="sentinai migrate",
        )
