"""An archive of the whole database, and what was in it, both of one moment."""

import hashlib
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from sentinai_cli import __version__
from sentinai_cli.db.backup_role import backup_role
from sentinai_cli.db.client_program import find_client, run_client
from sentinai_cli.db.engine import LOCK_TIMEOUT_MS, Database
from sentinai_cli.db.migration_archive import ARCHIVE
from sentinai_cli.db.migration_lock import migration_lock
from sentinai_cli.db.migration_session import Say, refuse_unless_ours
from sentinai_cli.db.migration_state import look
from sentinai_cli.db.pooler import require_session
from sentinai_cli.db.table_digest import Advance, table_digests
from sentinai_cli.errors import CheckFailed
from sentinai_cli.models.backup import BackupManifest, content_digest
from sentinai_cli.models.database import Environment, SchemaState

_INFO = "SELECT environment, epoch, (SELECT max(version_num) FROM alembic_version) FROM database_info"
_SETTINGS = """
    SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;
    SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
    SET LOCAL row_security = off
"""


def write_archive(
    database: Database, archive: Path, *, pg_bin: Path | None, now: datetime, say: Say, advance: Advance
) -> BackupManifest:
    """Dump the database into `archive`, which must not exist, and say what it holds.

    pg_dump works in the snapshot in which the digests are computed, and no migration runs meanwhile. Raises CheckFailed
    for a database without our schema, Refused without the right to read all, InvalidInput behind a pooler.
    """
    with database.direct() as connection:
        require_session(database, connection)
        _refuse_without_schema(database, connection)
        major = connection.info.server_version // 10000
        encrypted = bool(connection.pgconn.ssl_in_use)
        program = find_client("pg_dump", least=major, best=major, encrypted=encrypted, pg_bin=pg_bin)
        schemas = ours(connection)
        role = backup_role(connection, schemas)
        # A standby grants no lock of ours, and nobody migrates it.
        lock = nullcontext() if is_standby(connection) else migration_lock(connection, say=say)
        with lock, connection.transaction():
            connection.execute(_SETTINGS)
            if role is not None:
                connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
            snapshot = _scalar(connection, "SELECT pg_export_snapshot()")
            run_client(
                program,
                "--format=custom",
                *(f"--schema={schema}" for schema in schemas),
                "--no-owner",
                f"--snapshot={snapshot}",
                f"--lock-wait-timeout={LOCK_TIMEOUT_MS}",
                f"--file={archive}",
                *([f"--role={role}"] if role else []),
                url=database.direct_url,
                private=database.private,
                application_name=database.application_name,
                answer_timeout=database.answer_timeout,
                is_silent=database.is_silent,
            )
            tables = table_digests(connection, schemas, advance=advance)
            environment, epoch, revision = connection.execute(_INFO).fetchall()[0]
            version = connection.info.parameter_status("server_version") or str(major)
    return BackupManifest(
        format=1,
        created_at=now,
        tool_version=__version__,
        revision=revision,
        environment=Environment(environment),
        epoch=epoch,
        server_version=version.split()[0],
        server_major=major,
        dumped_by=program.version,
        dumped_by_major=program.major,
        archive_bytes=archive.stat().st_size,
        archive_sha256=file_digest(archive),
        tables=tables,
        digest=content_digest(tables),
    )


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def ours(connection: psycopg.Connection) -> list[str]:
    """The schemas that hold our tables: public, and what downgrades have archived where there is any."""
    archived = _scalar(connection, f"SELECT to_regnamespace('{ARCHIVE}') IS NOT NULL")
    return ["public", ARCHIVE] if archived else ["public"]


def is_standby(connection: psycopg.Connection) -> bool:
    """Whether the server only follows another one and takes no writes."""
    return bool(_scalar(connection, "SELECT pg_is_in_recovery()"))


def _refuse_without_schema(database: Database, connection: psycopg.Connection) -> None:
    """A schema of ours of any revision can be backed up, one that a newer tool made too."""
    stand = look(connection)
    if stand.state is SchemaState.FOREIGN:
        refuse_unless_ours(database, stand)
    if stand.state is SchemaState.EMPTY:
        raise CheckFailed("schema_behind", "there is no schema to back up", fix="sentinai migrate")


def _scalar(connection: psycopg.Connection, query: str) -> object:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
