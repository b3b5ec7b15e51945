"""A new revision as a file in a checkout: a skeleton that asks for what must be thought of."""

import re
from argparse import Namespace
from pathlib import Path

from alembic import command

from sentinai_cli.db.engine import Database
from sentinai_cli.db.migration_script import config, directory, head
from sentinai_cli.db.migration_session import Say, migration_session
from sentinai_cli.errors import CheckFailed, InvalidInput, Refused
from sentinai_cli.models.database import SchemaState
from sentinai_cli.models.migration import MigrationFile

_LONGEST = 60


def new_revision(message: str) -> MigrationFile:
    """Write the skeleton of the next revision. `message` says what it does, and names the file.

    Raises InvalidInput for a message without words, Refused outside of a checkout.
    """
    return _write(message, None)


def new_revision_from_tables(message: str, database: Database, say: Say) -> MigrationFile:
    """The same, filled in with what db/schema.py has and the database, which must be at head, has not.

    Only tables, columns, keys and indexes are seen: checks, triggers, policies and grants are the author's to add.
    """
    with migration_session(database, say=say) as session:
        if session.stand.state is not SchemaState.UP_TO_DATE:
            raise CheckFailed(
                "schema_behind",
                "the tables can only be compared with a database at the newest revision",
                why=session.stand.detail,
                fix="sentinai migrate",
            )
        return _write(message, session.connection)


def _write(message: str, connection: object) -> MigrationFile:
    place = _checkout()
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:_LONGEST].strip("_")
    sentence = " ".join(message.split())
    if not slug or not sentence.isprintable() or '"' in sentence or "\\" in sentence:
        raise InvalidInput(
            "invalid_message", "a revision needs a message of plain words", fix="sentinai migrate new 'add event seals'"
        )
    revision = f"{int(head()) + 1:04}"
    running = config()
    running.cmd_opts = Namespace(quiet=True)  # or Alembic writes on standard output
    running.set_main_option("file_template", f"{revision}_{slug}")
    running.attributes["connection"] = connection
    command.revision(
        running,
        message=sentence[0].upper() + sentence[1:].rstrip("."),
        rev_id=revision,
        autogenerate=connection is not None,
    )
    return MigrationFile(revision=revision, path=str(place / "versions" / f"{revision}_{slug}.py"))


def _checkout() -> Path:
    """The migrations of a checkout; those inside an installed package are not the author's."""
    place = directory()
    if "_bundled" in place.parts:
        raise Refused(
            "no_checkout",
            "revisions are written in a checkout of the source",
            why=f"{place} belongs to an installation",
        )
    return place
