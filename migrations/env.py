"""What Alembic runs, for `sentinai migrate` and for plain `alembic` in a checkout alike."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from alembic import context
from sqlalchemy import Connection

from sentinai_cli import __version__
from sentinai_cli.config import load_settings
from sentinai_cli.db.engine import LOCK_TIMEOUT_MS
from sentinai_cli.db.migration_record import record_version
from sentinai_cli.db.migration_session import migration_session
from sentinai_cli.db.schema import metadata
from sentinai_cli.db.target import open_database
from sentinai_cli.models.operation_context import OperationContext


def _run(connection: Connection | None) -> None:
    context.configure(
        connection=connection,
        dialect_name=None if connection else "postgresql",
        dialect_opts={} if connection else {"paramstyle": "named"},  # or % comes out doubled
        target_metadata=metadata,
        literal_binds=connection is None,
        transaction_per_migration=True,
        on_version_apply=record_version,
    )
    with context.begin_transaction():
        context.run_migrations()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _run_by_alembic() -> None:
    by = OperationContext(
        command="alembic",
        arguments={},
        actor="alembic",
        reason=None,
        started_at=datetime.now(UTC),
        tool_version=__version__,
    )
    settings = load_settings(profile=None, environ=os.environ, cwd=Path.cwd())
    database = open_database(settings, by, _say)
    with migration_session(database, say=_say, attempt_ms=LOCK_TIMEOUT_MS) as session:
        _run(session.connection)


if context.is_offline_mode():
    _run(None)
elif given := context.config.attributes.get("connection"):
    _run(given)
else:
    _run_by_alembic()
