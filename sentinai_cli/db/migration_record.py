"""Which text of each revision was applied, when, and by which version of this tool."""

from typing import TYPE_CHECKING

import psycopg

from sentinai_cli import __version__
from sentinai_cli.db.migration_script import checksum, revisions, title
from sentinai_cli.models.migration import RevisionRecord, RevisionState

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext, MigrationInfo


def record_version(ctx: "MigrationContext", step: "MigrationInfo", heads: object, run_args: object) -> None:
    """Alembic's on_version_apply: enter an applied revision with the checksum of its file, take out a reverted one."""
    from sqlalchemy import delete
    from sqlalchemy.dialects.postgresql import insert

    from sentinai_cli.db.schema import migration_record

    connection, revision = ctx.connection, step.up_revision_id
    if ctx.as_sql or connection is None or revision is None:
        return
    if step.is_upgrade:
        entry = insert(migration_record).values(
            revision=revision, checksum=checksum(revision), tool_version=__version__
        )
        connection.execute(
            entry.on_conflict_do_update(
                constraint="pk_migration_record",
                set_={name: entry.excluded[name] for name in ("checksum", "applied_at", "tool_version")},
            )
        )
    elif step.down_revision_ids:
        connection.execute(delete(migration_record).where(migration_record.c.revision == revision))


def history(connection: psycopg.Connection, current: str | None) -> tuple[RevisionRecord, ...]:
    """Every revision known here or recorded there, oldest first. `current` is what alembic_version says."""
    recorded = {}
    if current is not None:
        found = connection.execute("SELECT revision, checksum, applied_at, tool_version FROM public.migration_record")
        recorded = {row[0]: row[1:] for row in found.fetchall()}
    known = revisions()
    passed = known[: known.index(current) + 1] if current in known else []
    records = []
    for revision in [*known, *sorted(set(recorded) - set(known))]:
        applied = recorded.get(revision)
        ours = checksum(revision) if revision in known else None
        records.append(
            RevisionRecord(
                revision=revision,
                title=title(revision) if revision in known else None,
                state=_state(ours, applied[0] if applied else None, passed=revision in passed),
                applied_at=applied[1] if applied else None,
                tool_version=applied[2] if applied else None,
                checksum=ours,
                applied_checksum=applied[0] if applied else None,
            )
        )
    return tuple(records)


def _state(ours: str | None, applied: str | None, *, passed: bool) -> RevisionState:
    if ours is None:
        return RevisionState.UNKNOWN
    if applied is None:
        return RevisionState.UNRECORDED if passed else RevisionState.PENDING
    return RevisionState.APPLIED if applied == ours else RevisionState.EDITED
