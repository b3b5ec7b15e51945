"""Filling an empty database from an archive, and proving that it holds what the manifest says."""

from pathlib import Path

from psycopg import sql

from sentinai_cli.db.backup import ours
from sentinai_cli.db.backup_role import reading_role
from sentinai_cli.db.client_program import find_client, run_client
from sentinai_cli.db.engine import Database
from sentinai_cli.db.fingerprint import differences, fingerprint, shipped
from sentinai_cli.db.migration_archive import ARCHIVE, make_archive
from sentinai_cli.db.migration_state import schema_state
from sentinai_cli.db.roles import BACKUP, OWNER, bootstrap_roles
from sentinai_cli.db.table_digest import Advance, table_digests
from sentinai_cli.errors import CheckFailed
from sentinai_cli.models.backup import BackupManifest, TableDigest
from sentinai_cli.models.database import SchemaState
from sentinai_cli.models.migration import Drift

_NAMED = 5


def load_archive(database: Database, archive: Path, manifest: BackupManifest, *, pg_bin: Path | None) -> None:
    """Make the roles, and restore into the empty database in one transaction, everything owned by our owner.

    pg_restore must be as new as the pg_dump that wrote the archive.
    """
    with database.direct() as connection:
        bootstrap_roles(connection)
        if any(table.table.startswith(f"{ARCHIVE}.") for table in manifest.tables):
            make_archive(connection)
            grant = sql.SQL("SET ROLE {owner}; GRANT USAGE ON SCHEMA {archive} TO {backup}; RESET ROLE")
            names = {"owner": OWNER, "archive": ARCHIVE, "backup": BACKUP}
            connection.execute(grant.format(**{name: sql.Identifier(one) for name, one in names.items()}))
        schemas = ours(connection)
        encrypted = bool(connection.pgconn.ssl_in_use)
        server = connection.info.server_version // 10000
    least = manifest.dumped_by_major
    program = find_client("pg_restore", least=least, best=max(least, server), encrypted=encrypted, pg_bin=pg_bin)
    run_client(
        program,
        "--no-owner",
        "--single-transaction",
        "--exit-on-error",
        *(f"--schema={schema}" for schema in schemas),
        f"--role={OWNER}",
        str(archive.absolute()),
        url=database.direct_url,
        private=database.private,
        application_name=database.application_name,
        answer_timeout=database.answer_timeout,
        is_silent=database.is_silent,
    )


def compare(database: Database, manifest: BackupManifest, *, advance: Advance) -> tuple[SchemaState, tuple[Drift, ...]]:
    """Compare revision and every table with the manifest; the state of the schema for this tool, and its drift.

    Raises CheckFailed `restore_differs` naming what is not the same.
    """
    with database.direct() as connection:
        state, revision = schema_state(connection)
        role = reading_role(connection)
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            connection.execute("SET LOCAL statement_timeout = 0")
            if role is not None:
                connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
            found = table_digests(connection, ["public"], advance=advance)
            # An archive is the owner's alone and stands under no policy.
            connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))
            found += table_digests(connection, [ARCHIVE], advance=advance)
        drift = differences(shipped(manifest.revision), fingerprint(connection))
    wrong = _differences(manifest.tables, found)
    if revision != manifest.revision:
        wrong.insert(0, f"the revision is {revision}, not {manifest.revision}")
    if wrong:
        more = f"; and {len(wrong) - _NAMED} more" if len(wrong) > _NAMED else ""
        raise CheckFailed(
            "restore_differs",
            "what was restored is not what was backed up; the target was left as it was",
            why="; ".join(wrong[:_NAMED]) + more,
        )
    # Roles belong to the server and were not restored.
    return state, tuple(one for one in drift if one.kind != "role")


def _differences(expected: tuple[TableDigest, ...], found: tuple[TableDigest, ...]) -> list[str]:
    wanted = {table.table: table for table in expected}
    there = {table.table: table for table in found}
    told = []
    for name in sorted(wanted.keys() | there.keys()):
        before, after = wanted.get(name), there.get(name)
        if before is None or after is None:
            told.append(f"{name} is {'missing' if after is None else 'not in the manifest'}")
        elif before.rows != after.rows:
            told.append(f"{name} has {after.rows} rows, not {before.rows}")
        elif before.digest != after.digest:
            told.append(f"{name} has other content")
    return told
