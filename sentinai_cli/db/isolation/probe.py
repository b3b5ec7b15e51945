"""The attack itself: as the application's role for one tenant, reach for another's rows in every way there is.

Two tenants that nobody has, with a row in every table, are made for it in one transaction that is always rolled back:
what the probe finds does not depend on what the database holds, and nothing is left behind.
"""

from collections.abc import Iterator
from contextlib import suppress
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import Table

from sentinai_cli.db.driver import driver
from sentinai_cli.db.engine import Database, enter
from sentinai_cli.db.isolation.policy import rule
from sentinai_cli.db.isolation.specimen import global_parents, specimen, tenant_tables
from sentinai_cli.models.health import CheckState, Evidence, Seen
from sentinai_cli.models.scope import Maintenance, TenantScope

_READ = sql.SQL(
    "SELECT {name}, (SELECT tenant_id FROM {table} WHERE tenant_id <> {mine} LIMIT 1),"
    " (SELECT count(*) FROM {table} WHERE tenant_id = {mine})"
)
_UNSCOPED = sql.SQL("SELECT {name}, EXISTS (SELECT FROM {table})")
_TENANT = sql.SQL("SET LOCAL sentinai.tenant_id = {}")
_UPDATABLE = """
    SELECT attname FROM pg_attribute
    WHERE attrelid = %(table)s::regclass AND has_column_privilege(attrelid, attnum, 'UPDATE') ORDER BY attnum LIMIT 1
"""


class _Done(Exception):
    """Carries the end of the probe past the commit."""


def probe(database: Database) -> Seen:
    """Read, change, take over, give away, remove, add and upsert another tenant's row, in every table of tenants.

    Goes through the connection that the product works on. Raises what `Database.begin` raises, for example Refused on
    a server that is read-only or for a login that may not take the owner's role to put its rows in.
    """
    evidence: list[Evidence] = []
    tried = 0
    with suppress(_Done), database.begin(Maintenance("isolation probe")) as work:
        connection = driver(work.connection)
        mine, theirs = (f"probe-{uuid4().hex}" for _ in range(2))
        for tenant_id in (theirs, mine):
            _put(connection, tenant_id)
        enter(work.connection, TenantScope(mine), read_only=False)
        evidence += _reads(connection, mine)
        for table in tenant_tables():
            for what, attempt in _writes(connection, table, mine, theirs):
                tried += 1
                if reached := _reached(connection, attempt):
                    evidence.append(_leak(table.name, f"as one tenant, {what}: {reached}"))
        evidence += _unscoped(connection)
        raise _Done
    tables = len(tenant_tables())
    return Seen(covered=f"{tables} tables, {tried + 4 * tables} attempts, rolled back", evidence=tuple(evidence))


def _put(connection: psycopg.Connection, tenant_id: str) -> None:
    connection.execute(_TENANT.format(tenant_id))
    for table in (*global_parents(), *tenant_tables()):
        row = specimen(table, tenant_id)
        connection.execute(_insert(table, row) + sql.SQL(" ON CONFLICT DO NOTHING"), list(row.values()))


def _insert(table: Table, row: dict[str, object]) -> sql.Composed:
    return sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table.name),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() for _ in row),
    )


def _reads(connection: psycopg.Connection, mine: str) -> Iterator[Evidence]:
    """Every table in one question: whose rows are to be seen but ours, and whether ours are."""
    asked = [_READ.format(name=table.name, table=sql.Identifier(table.name), mine=mine) for table in tenant_tables()]
    for table, stranger, own in connection.execute(sql.SQL(" UNION ALL ").join(asked)):
        if stranger is not None:
            yield _leak(table, f"as one tenant, the rows of another are to be seen ({stranger})")
        if own != 1:
            yield _leak(table, f"a tenant sees {own} rows where it has one: its own are hidden from it")


def _unscoped(connection: psycopg.Connection) -> Iterator[Evidence]:
    """Without a tenant there is nothing, and whoever insists on going without the policies is refused."""
    asked = [_UNSCOPED.format(name=table.name, table=sql.Identifier(table.name)) for table in tenant_tables()]
    connection.execute(_TENANT.format(""))
    for table, visible in connection.execute(sql.SQL(" UNION ALL ").join(asked)):
        if visible:
            yield _leak(table, "without a tenant set, rows are to be seen")
    connection.execute("SET LOCAL row_security = off")
    for table in tenant_tables():
        read = sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(table.name))
        with suppress(psycopg.errors.InsufficientPrivilege), connection.transaction(force_rollback=True):
            connection.execute(read)
            yield _leak(table.name, "the application's role is not bound by its policies")


def _writes(
    connection: psycopg.Connection, table: Table, mine: str, theirs: str
) -> Iterator[tuple[str, tuple[sql.Composed, list[object], bool]]]:
    """What to try: words, statement, values, and whether finding no row is as good as being refused."""
    name = sql.Identifier(table.name)
    updatable = connection.execute(_UPDATABLE, {"table": f"public.{table.name}"}).fetchone()
    column = sql.Identifier(updatable[0] if updatable else "tenant_id")
    row = specimen(table, theirs)
    values = list(row.values())
    key = sql.SQL(", ").join(sql.Identifier(part.name) for part in table.primary_key.columns)
    change = sql.SQL("UPDATE {} SET {} = {} WHERE tenant_id = %s").format(name, column, column)
    yield "another's row was changed", (change, [theirs], True)
    move = sql.SQL("UPDATE {} SET tenant_id = %s WHERE tenant_id = %s").format(name)
    yield "another's row was taken over", (move, [mine, theirs], True)
    yield "a row was given to another", (move, [theirs, mine], False)
    yield "another's row was removed", (sql.SQL("DELETE FROM {} WHERE tenant_id = %s").format(name), [theirs], True)
    add = _insert(table, row)
    yield "a row was added to another", (add, values, False)
    keep = add + sql.SQL(" ON CONFLICT DO NOTHING")
    yield "a row was added to another unless it was there", (keep, values, False)
    again = sql.SQL(" ON CONFLICT ({}) DO UPDATE SET {} = excluded.{}").format(key, column, column)
    yield "another's row was added or changed", (add + again, values, False)


def _reached(connection: psycopg.Connection, attempt: tuple[sql.Composed, list[object], bool]) -> str | None:
    """What went wrong with the wall, or None. Every attempt is undone at once."""
    statement, values, may_find_nothing = attempt
    try:
        with connection.transaction(force_rollback=True):
            touched = connection.execute(statement, values).rowcount
    except psycopg.errors.InsufficientPrivilege:
        return None
    except psycopg.errors.IntegrityError as error:
        return f"only a constraint stopped it ({error.sqlstate})"
    if touched == 0 and may_find_nothing:
        return None
    return f"nothing stopped it, {touched} rows"


def _leak(table: str, finding: str) -> Evidence:
    return Evidence(state=CheckState.FAIL, object=f"table {table}", finding=finding, fix=rule(table))
