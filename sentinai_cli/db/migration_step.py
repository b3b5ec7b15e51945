"""Steps of a revision that read or change the rows of every tenant, and building indexes without blocking.

Under FORCE ROW LEVEL SECURITY the owner of a table sees no row without a tenant: an UPDATE changes nothing and tells
nobody, and a constraint is validated over rows that it cannot see. Revisions do such things inside `all_rows` only.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from alembic import context, op

Execute = Callable[[str], object]


@contextmanager
def all_rows(*tables: str) -> Iterator[None]:
    """For a revision: inside the block the owner sees every row of `tables`, for UPDATE, DELETE and VALIDATE alike.

    Name each table that the statements touch, those that foreign keys lead to as well: touching one that is not named
    is an error, 42501, not silence. Triggers that keep rows append-only stay. All of it is one transaction, in which
    each table is locked (ACCESS EXCLUSIVE): large tables are changed in small revisions. Raises RuntimeError in an
    autocommit block, where the lifted rule would be visible to others.
    """
    if not context.is_offline_mode() and op.get_bind().get_isolation_level() == "AUTOCOMMIT":
        raise RuntimeError("all_rows() inside an autocommit block would lift row-level security for everybody")
    with unforced(op.execute, tables):
        yield


@contextmanager
def unforced(execute: Execute, tables: Sequence[str]) -> Iterator[None]:
    """Lift FORCE from `tables`, which have it, inside an open transaction. On an error the rollback restores it."""
    execute("SET LOCAL row_security = off")
    for table in tables:
        execute(f"ALTER TABLE {quoted(table)} NO FORCE ROW LEVEL SECURITY")
    yield
    for table in tables:
        execute(f"ALTER TABLE {quoted(table)} FORCE ROW LEVEL SECURITY")
    execute("SET LOCAL row_security = on")


def build_index(name: str, definition: str) -> None:
    """For a revision: CREATE INDEX CONCURRENTLY as `definition` says (`ON table (columns)`), whatever was left before.

    It must be the first thing that its revision does, since what came before would be committed by it.
    """
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted(name)}")
        op.execute(f"CREATE INDEX CONCURRENTLY {quoted(name)} {definition}")


def quoted(name: str) -> str:
    """A name as SQL."""
    return '"' + name.replace('"', '""') + '"'
