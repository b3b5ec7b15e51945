"""One valid row for each tenant table, for the probe to put in, look for, and roll back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import Column, Table

from sentinai_cli.db.schema import metadata

_DIGEST = bytes(32)
_BY_TYPE: Mapping[str, object] = {
    "text": "probe",
    "integer": 1,
    "big_integer": 1,
    "small_integer": 1,
    "numeric": 1,
    "boolean": True,
    "JSONB": Jsonb({}),
    "large_binary": _DIGEST,
    "uuid": UUID(int=0),
    "datetime": datetime(2000, 1, 1, tzinfo=UTC),
    "user_defined": "1",  # xid8
}
_BY_NAME: Mapping[str, object] = {
    "action_type": "manual",
    "actor_type": "system",
    "checksum": _DIGEST.hex(),
    "identity": _DIGEST.hex(),
    "origin": "domain",
    "severity": "low",
    "sha256": _DIGEST.hex(),
    "state": "complete",
}
_OF_TABLE: Mapping[tuple[str, str], object] = {
    ("exception", "status"): "open",
    ("tenant", "status"): "active",
    ("tool_definition", "type"): "webhook",
}
"""What the checks of the tables ask for beyond the type."""


def specimen(table: Table, tenant_id: str) -> dict[str, object]:
    """A row that the table's checks accept, by column; what the server fills in is left to it."""
    return {
        column.name: tenant_id if column.name == "tenant_id" else _value(table, column)
        for column in table.columns
        if not column.nullable and column.server_default is None and column.computed is None
    }


def tenant_tables() -> list[Table]:
    """The tables of tenants that this tool knows, parents before children."""
    return [table for table in metadata.sorted_tables if "tenant_id" in table.primary_key.columns]


def global_parents() -> list[Table]:
    """The global tables that rows of tenants refer to."""
    parents = {key.referred_table for table in tenant_tables() for key in table.foreign_key_constraints}
    return [table for table in metadata.sorted_tables if table in parents and "tenant_id" not in table.columns]


def _value(table: Table, column: Column[Any]) -> object:
    if (table.name, column.name) in _OF_TABLE:
        return _OF_TABLE[table.name, column.name]
    return _BY_NAME.get(column.name, _BY_TYPE[column.type.__visit_name__])
