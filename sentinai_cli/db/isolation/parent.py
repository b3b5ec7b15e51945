"""Whether rows hang together within their tenant, read from the rows themselves, not from what constraints promise."""

from collections.abc import Iterator

import psycopg
from psycopg import sql
from sqlalchemy import ForeignKeyConstraint, Table

from sentinai_cli.db.driver import driver
from sentinai_cli.db.engine import Database
from sentinai_cli.db.schema import metadata
from sentinai_cli.models.health import CheckState, Evidence, Seen
from sentinai_cli.models.scope import AllTenants

_SHOWN = 10

_STRAYS = sql.SQL(
    """
    SELECT count(*) OVER (), {key}::text[], ({other})
    FROM {child} AS c WHERE {present} AND NOT EXISTS (SELECT FROM {parent} AS p WHERE {same})
    ORDER BY {order} LIMIT {limit}
    """
)
_OTHER = sql.SQL("SELECT p.tenant_id FROM {parent} AS p WHERE {elsewhere} ORDER BY p.tenant_id LIMIT 1")
_FOREIGN_POLICIES = """
    SELECT tenant_id, version, pack_json ->> 'tenantId' FROM tenant_policy_pack_version
    WHERE pack_json ->> 'tenantId' IS DISTINCT FROM tenant_id ORDER BY tenant_id, version LIMIT 10
"""


def parents(database: Database) -> Seen:
    """Each row's parent exists and belongs to the same tenant, in every pair of tables; a policy pack names its tenant.

    Reads all rows, at one moment, across tenants; raises what `Database.begin` raises.
    """
    known = list(pairs())
    evidence: list[Evidence] = []
    with database.begin(AllTenants(), read_only=True) as work:
        connection = driver(work.connection)
        for child, key in known:
            evidence += _strays(connection, child, key)
        for tenant_id, version, named in connection.execute(_FOREIGN_POLICIES):
            finding = f"the stored pack says that it is {named or 'nobody'}'s"
            evidence.append(_broken(f"policy pack {version} of {tenant_id}", finding, None))
    return Seen(covered=f"{len(known)} pairs of tables, and what policy packs say", evidence=tuple(evidence))


def pairs() -> Iterator[tuple[Table, ForeignKeyConstraint]]:
    """Every child with its way to a parent among tenant tables, as this tool knows them."""
    for table in metadata.sorted_tables:
        for key in sorted(table.foreign_key_constraints, key=lambda key: str(key.name)):
            if "tenant_id" in key.columns and "tenant_id" in key.referred_table.columns:
                yield table, key


def _strays(connection: psycopg.Connection, child: Table, key: ForeignKeyConstraint) -> Iterator[Evidence]:
    links = [(element.parent.name, element.column.name) for element in key.elements]
    rest = [(own, theirs) for own, theirs in links if theirs != "tenant_id"]
    parent = sql.Identifier(key.referred_table.name)
    own_key = [column.name for column in child.primary_key.columns]
    other: sql.Composable = sql.SQL("NULL::text")
    if rest:
        other = _OTHER.format(parent=parent, elsewhere=_all(_equal(*link) for link in rest))
    query = _STRAYS.format(
        key=sql.SQL("ARRAY[{}]").format(sql.SQL(", ").join(_text_of("c", name) for name in own_key)),
        other=other,
        child=sql.Identifier(child.name),
        present=_all(sql.SQL("{} IS NOT NULL").format(_of("c", own)) for own, _ in links),
        parent=parent,
        same=_all(_equal(*link) for link in links),
        order=sql.SQL(", ").join(_of("c", name) for name in own_key),
        limit=sql.Literal(_SHOWN),
    )
    for total, named, owner in connection.execute(query):
        missing = f"{key.referred_table.name} is not there under its tenant"
        there = f"; {owner} has one" if owner is not None else ""
        finding = f"its {missing}{there} ({total} such rows in {child.name})"
        chosen = _all(
            sql.SQL("{} = {}").format(sql.Identifier(name), value) for name, value in zip(own_key, named, strict=True)
        )
        looking = sql.SQL("SELECT * FROM {} WHERE {};").format(sql.Identifier(child.name), chosen)
        yield _broken(f"{child.name} {'/'.join(named)}", finding, looking.as_string(connection))


def _broken(name: str, finding: str, fix: str | None) -> Evidence:
    return Evidence(state=CheckState.FAIL, object=name, finding=finding, fix=fix)


def _of(alias: str, column: str) -> sql.Composed:
    return sql.SQL("{}.{}").format(sql.Identifier(alias), sql.Identifier(column))


def _text_of(alias: str, column: str) -> sql.Composed:
    return sql.SQL("{}::text").format(_of(alias, column))


def _equal(own: str, theirs: str) -> sql.Composed:
    return sql.SQL("{} = {}").format(_of("p", theirs), _of("c", own))


def _all(conditions: Iterator[sql.Composed]) -> sql.Composed:
    return sql.SQL(" AND ").join(conditions)
