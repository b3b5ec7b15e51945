"""Backups: what a manifest says of an archive, and what backing up and restoring come to."""

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.canonical import checksum
from sentinai_cli.models.database import Environment

Digest: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, hex."""
Count: TypeAlias = Annotated[int, Field(ge=0)]


class TableDigest(Model):
    """A table's content: `digest` is over its columns' names and its rows in order of their key.

    The same rows give the same digest on every PostgreSQL version.
    """

    table: str
    rows: Count
    digest: Digest


def content_digest(tables: tuple[TableDigest, ...]) -> str:
    """One digest over all tables, in whatever order they come."""
    return checksum(sorted([table.table, table.rows, table.digest] for table in tables))


class BackupManifest(Model):
    """What stands beside an archive. `digest` is `content_digest(tables)`; `revision` is the schema's.

    `server_major` is that of the server the rows came from: no older one is restored to. `dumped_by` is pg_dump's
    version: no older pg_restore reads it. `archive_sha256` ties the manifest to its archive.
    """

    format: Literal[1]
    created_at: Moment
    tool_version: str
    revision: str
    environment: Environment
    epoch: Annotated[int, Field(ge=1)]
    server_version: str
    server_major: int
    dumped_by: str
    dumped_by_major: int
    archive_bytes: Count
    archive_sha256: Digest
    tables: tuple[TableDigest, ...]
    digest: Digest


class BackupResult(Model):
    """A backup that was written. `bytes` is the archive's size."""

    file: str
    manifest: str
    bytes: int
    tables: int
    rows: int
    digest: str
    revision: str
    server_version: str


class RestoreResult(Model):
    """A restore that took place. `kept_as` is the name of the database that stood there before, None without one.

    `drift` counts what in the schema is not as its revision leaves it. `events` and `events_broken` are None when the
    events could not be verified because the backup's schema is older than this tool.
    """

    database: str
    revision: str
    environment: Environment
    epoch: int
    tables: int
    rows: int
    digest: str
    drift: int
    events: int | None
    events_broken: int | None
    kept_as: str | None
