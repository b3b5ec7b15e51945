"""Bringing the schema up to date, entered in the journal."""

from collections.abc import Callable

from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.models.database import Environment, MigrationResult
from sentinai_cli.models.scope import Maintenance


def migrate(database: Database, *, say: Callable[[str], None], environment: Environment) -> MigrationResult:
    """Bring an empty or older database to head. `environment` marks a database that is new."""
    result = upgrade(database, say=say, environment=environment)
    if result.applied:
        with database.begin(Maintenance("migrate")) as work:
            work.record(before={"revision": result.before}, after={"revision": result.after})
    return result
