"""Purging a tenant: what there is of it, what went, and what remains to say that it was there."""

from uuid import UUID

from sentinai_cli.models.base import Model, Moment


class TableRows(Model):
    table: str
    rows: int


class TenantPurgePlan(Model):
    """What a purge would take, table by table; `holds` legal holds are in the way of it."""

    tenant_id: str
    name: str
    tables: tuple[TableRows, ...]
    holds: int


class PurgedTable(Model):
    """What went of one table.

    `sha256` is of the rows as JSON lines in the order of their keys, which is the table's file in the export; of
    exceptions and events, which go by erasure, it is of their ids and heads, and of the leaves that remain.
    """

    table: str
    rows: int
    sha256: str


class PurgeExport(Model):
    """An export of the purge: its directory and the SHA-256 of its manifest."""

    directory: str
    manifest_sha256: str


class PurgeReceipt(Model):
    """What went, as it stands in the database and in the receipt file. Without `exports` nothing was written down."""

    tenant_id: str
    operation_id: UUID
    reason: str | None
    tables: tuple[PurgedTable, ...]
    exports: tuple[PurgeExport, ...]


class TenantPurge(Model):
    """The entry of a purge. Until it is finished, `receipt` and `finished_at` are None."""

    tenant_id: str
    operation_id: UUID
    reason: str | None
    started_at: Moment
    started_by: str
    rows_before: dict[str, int]
    receipt: PurgeReceipt | None
    finished_at: Moment | None


class TenantPurged(PurgeReceipt):
    """`purged` is False when that had been done before. `file` is the receipt on the disk."""

    purged: bool
    file: str
    started_at: Moment
    finished_at: Moment
