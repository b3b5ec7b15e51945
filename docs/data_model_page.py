"""docs/reference/data-model.md: the tables and how they hang together, from db/schema.py."""

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table, UniqueConstraint
from sqlalchemy.dialects import postgresql

from sentinai_cli.db.schema import metadata

HEAD = """\
# Data model

Made from `sentinai_cli/db/schema.py` by `make docs`; a test holds that equal to what the migrations make. Policies,
triggers and grants are in the migrations: [isolation](../isolation.md) says what they must come to. Names are lowercase,
keys `COLLATE "C"`, times `timestamptz` in UTC. Every table that has a `tenant_id` in its key has it in every key.
"""


def page() -> str:
    """A diagram, then a table of columns for each table, in the order in which they depend on each other."""
    tables = metadata.sorted_tables
    lines = [HEAD, "```mermaid", "erDiagram", *(line for table in tables for line in _references(table))]
    lines += [line for table in tables for line in _entity(table)]
    lines += ["```"]
    for table in tables:
        lines += ["", f"## {table.name}", "", "| column | type | null | key |", "|---|---|---|---|"]
        for column in table.columns:
            key = "primary" if column.primary_key else ", ".join(_keys(table, column.name))
            null = "yes" if column.nullable else ""
            lines.append(f"| `{column.name}` | {_type(table, column.name)} | {null} | {key} |")
        indexes = sorted(index.name for index in table.indexes if index.name)
        if indexes:
            lines += ["", f"Indexes: {', '.join(f'`{name}`' for name in indexes)}."]
    return "\n".join(lines) + "\n"


def _references(table: Table) -> list[str]:
    found = {
        (constraint.elements[0].column.table.name, ", ".join(element.parent.name for element in constraint.elements))
        for constraint in table.constraints
        if isinstance(constraint, ForeignKeyConstraint)
    }
    return [f'    {parent} ||--o{{ {table.name} : "{columns}"' for parent, columns in sorted(found)]


def _entity(table: Table) -> list[str]:
    lines = [f"    {table.name} {{"]
    for column in table.columns:
        kind = _type(table, column.name).partition("(")[0].replace(" ", "_")
        lines.append(f"        {kind} {column.name}{' PK' if column.primary_key else ''}")
    return [*lines, "    }"]


def _type(table: Table, name: str) -> str:
    kind = table.columns[name].type.compile(dialect=postgresql.dialect())  # type: ignore[no-untyped-call]
    return str(kind).partition(" COLLATE")[0].lower().replace("timestamp with time zone", "timestamptz")


def _keys(table: Table, name: str) -> list[str]:
    found = []
    for constraint in table.constraints:
        if isinstance(constraint, CheckConstraint):
            continue
        if isinstance(constraint, UniqueConstraint) and name in constraint.columns:
            found.append("unique")
        if isinstance(constraint, ForeignKeyConstraint):
            found += [f"of {one.column.table.name}" for one in constraint.elements if one.parent.name == name]
    return sorted(set(found))
