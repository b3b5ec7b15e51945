"""Back to an empty schema."""

from collections.abc import Callable
from pathlib import Path

from sentinai_cli.db.engine import Database
from sentinai_cli.db.migrate import upgrade
from sentinai_cli.db.migration_lock import migration_lock
from sentinai_cli.db.migration_session import refuse_unless_ours
from sentinai_cli.db.migration_state import look
from sentinai_cli.db.pooler import require_session
from sentinai_cli.db.reset import drop_ours
from sentinai_cli.errors import Refused
from sentinai_cli.models.database import Environment, SchemaState
from sentinai_cli.models.reset import ResetResult
from sentinai_cli.models.scope import AllTenants, Maintenance
from sentinai_cli.services.legal_hold import refuse_held
from sentinai_cli.services.local_journal import append_local

Say = Callable[[str], None]


def check_resettable(database: Database) -> tuple[str, Environment]:
    """The database's name, to be confirmed, and the mark it will keep.

    Raises Refused for production and under a legal hold, CheckFailed for somebody else's database, InvalidInput behind
    a pooler.
    """
    with database.direct() as connection:
        require_session(database, connection)
        name = connection.info.dbname
        stand = look(connection)
    if stand.state is SchemaState.FOREIGN:
        refuse_unless_ours(database, stand)
    if stand.state is SchemaState.EMPTY:
        return name, Environment.DEVELOPMENT
    with database.begin(AllTenants(), read_only=True) as work:
        mark = work.database_info.environment()
    if mark is Environment.PRODUCTION:
        raise Refused(
            "production_protected",
            f"{database.url.shown} is marked production and is not reset",
            why="taking the mark away needs the database's name, and is journalled",
            fix=f"sentinai db environment set staging --confirm {name}",
        )
    refuse_held(database)
    return name, mark


def reset(database: Database, *, mark: Environment, home: Path, say: Say) -> ResetResult:
    """Drop what is ours, migrate the empty database again and mark it as it was.

    The database's own journal begins anew with this; the local one in `home` remembers.
    """
    database.close()
    with database.direct() as connection, migration_lock(connection, say=say):
        before = look(connection).revision
        tables = drop_ours(connection)
    made = upgrade(database, say=say, environment=mark)
    was: dict[str, object] = {"revision": before, "tables": tables, "environment": mark.value}
    becomes: dict[str, object] = {"revision": made.after, "environment": made.environment.value}
    with database.begin(Maintenance("reset")) as work:
        work.record(before=was, after=becomes)
    append_local(home, database.context, database=database.direct_url.shown, say=say, before=was, after=becomes)
    return ResetResult(before=before, after=made.after, tables_dropped=tables, environment=made.environment)
