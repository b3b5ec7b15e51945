"""New revisions, as files in a checkout."""

from collections.abc import Callable

from sentinai_cli.db import migration_file
from sentinai_cli.db.engine import Database
from sentinai_cli.models.migration import MigrationFile


def new_revision(message: str) -> MigrationFile:
    """Write the skeleton of the next revision. Raises InvalidInput, and Refused outside of a checkout."""
    return migration_file.new_revision(message)


def new_revision_from_tables(message: str, database: Database, say: Callable[[str], None]) -> MigrationFile:
    """The same, filled in from db/schema.py. Raises CheckFailed for a database that is not at the newest revision."""
    return migration_file.new_revision_from_tables(message, database, say)
