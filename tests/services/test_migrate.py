"""Migrating is entered in the journal of the database that it made."""

from sentinai_cli.db.engine import Database
from sentinai_cli.db.migration_script import head
from sentinai_cli.models.database import Environment
from sentinai_cli.services.environment import show_environment
from sentinai_cli.services.migrate import migrate
from sentinai_cli.services.operation import list_operations
from tests.conftest import quiet


def test_the_first_migration_marks_the_database_and_opens_its_journal(empty: Database) -> None:
    result = migrate(empty, say=quiet, environment=Environment.PRODUCTION)
    assert (result.before, result.after) == (None, head())
    assert show_environment(empty).environment is Environment.PRODUCTION
    (entry,) = list_operations(empty, limit=9).items
    assert (entry.before, entry.after) == ({"revision": None}, {"revision": head()})


def test_migrating_what_is_up_to_date_keeps_mark_and_journal(empty: Database) -> None:
    migrate(empty, say=quiet, environment=Environment.STAGING)
    again = migrate(empty, say=quiet, environment=Environment.PRODUCTION)
    assert (again.before, again.applied, again.environment) == (head(), (), Environment.STAGING)
    assert len(list_operations(empty, limit=9).items) == 1
