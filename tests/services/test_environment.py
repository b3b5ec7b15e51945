"""The environment marker is what the database says of itself."""

import pytest

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database import Environment
from sentinai_cli.models.operation import Outcome
from sentinai_cli.services.environment import set_environment, show_environment
from sentinai_cli.services.operation import list_operations


@pytest.mark.parametrize("environment", [Environment.STAGING, Environment.PRODUCTION])
def test_a_marker_that_is_set_stays_and_is_entered_in_the_journal(database: Database, environment: Environment) -> None:
    assert show_environment(database).environment is Environment.DEVELOPMENT
    changed = set_environment(database, environment)
    assert (changed.environment, changed.changed) == (environment, True)
    shown = show_environment(database)
    assert (shown.environment, shown.changed) == (environment, False)
    entry = list_operations(database, limit=1).items[0]
    assert entry.before == {"environment": "development"}
    assert entry.after == {"environment": environment.value}


def test_the_marker_that_is_there_already_is_no_change(database: Database) -> None:
    assert not set_environment(database, Environment.DEVELOPMENT).changed
    (entry,) = list_operations(database, limit=9).items
    assert (entry.outcome, entry.after) == (Outcome.UNCHANGED, {})
