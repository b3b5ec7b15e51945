"""The environment marker in the database."""

from sentinai_cli.db.engine import Database
from sentinai_cli.models.database import Environment, EnvironmentMark
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants


def show_environment(database: Database) -> EnvironmentMark:
    """The marker as it stands."""
    with database.begin(AllTenants(), read_only=True) as work:
        return EnvironmentMark(environment=work.database_info.environment(), changed=False)


def set_environment(database: Database, environment: Environment) -> EnvironmentMark:
    """Change the marker. What may not be unmarked without confirmation is the caller's question."""
    with database.begin(AllTenants()) as work:
        before = work.database_info.environment()
        if before is environment:
            work.record(Outcome.UNCHANGED)
            return EnvironmentMark(environment=environment, changed=False)
        work.database_info.set_environment(environment)
        work.record(before={"environment": before.value}, after={"environment": environment.value})
    return EnvironmentMark(environment=environment, changed=True)
