"""The schema from one revision to another, and what can be said about it before and after."""

from collections.abc import Callable, Sequence
from pathlib import Path

from sentinai_cli.db.engine import Database
from sentinai_cli.db.fingerprint import differences, fingerprint, shipped
from sentinai_cli.db.migrate import downgrade, upgrade
from sentinai_cli.db.migration_archive import Losses, find_losses
from sentinai_cli.db.migration_plan import plan
from sentinai_cli.db.migration_record import history
from sentinai_cli.db.migration_script import BASE, before, between, find, head, revisions
from sentinai_cli.db.migration_session import LOCK_PATIENCE, next_command, refuse_unless_ours
from sentinai_cli.db.migration_state import Stand, look
from sentinai_cli.db.roles import role_script
from sentinai_cli.errors import InvalidInput, Refused
from sentinai_cli.models.database import Environment, SchemaState
from sentinai_cli.models.migration import (
    MigrationCheck,
    MigrationHistory,
    MigrationResult,
    MigrationReverted,
    MigrationStatus,
    RevisionState,
)
from sentinai_cli.models.migration_plan import MigrationPlan
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import Maintenance
from sentinai_cli.services.local_journal import append_local

Say = Callable[[str], None]


def _ignore(_: int) -> None:
    """Nobody watches the progress."""


def migrate(
    database: Database,
    *,
    say: Say,
    environment: Environment,
    to: str = "head",
    patience: float = LOCK_PATIENCE,
    advance: Callable[[int], None] = _ignore,
) -> MigrationResult:
    """Bring an empty or older database to `to`. `environment` marks a database that is new.

    The first migration of a database is also written in the local journal.
    """
    result = upgrade(database, say=say, environment=environment, to=to, patience=patience, advance=advance)
    if result.applied or result.repaired:
        with database.begin(Maintenance("migrate")) as work:
            work.record(
                before={"revision": result.before},
                after={"revision": result.after, **({"repaired": list(result.repaired)} if result.repaired else {})},
            )
    if result.before is None and database.context.home is not None:
        after = {"revision": result.after, "environment": result.environment.value}
        append_local(database.context.home, database.context, database=database.url.shown, say=say, after=after)
    return result


def migration_status(database: Database) -> MigrationStatus:
    """Where the database stands and what to do about it."""
    with database.direct() as connection:
        return _status(look(connection))


def migration_check(database: Database) -> MigrationCheck:
    """Compare the catalogue with what its revision leaves, and the applied texts with ours."""
    with database.direct() as connection:
        stand = look(connection)
        known = stand.state in (SchemaState.BEHIND, SchemaState.UP_TO_DATE) and stand.revision is not None
        drift = differences(shipped(stand.revision), fingerprint(connection)) if known and stand.revision else None
        records = history(connection, stand.revision) if known else ()
    odd = tuple(one for one in records if one.state in (RevisionState.EDITED, RevisionState.UNRECORDED))
    ok = stand.state is SchemaState.UP_TO_DATE and not drift and not odd
    return MigrationCheck(status=_status(stand), ok=ok, drift=drift, history=odd)


def migration_history(database: Database) -> MigrationHistory:
    """Every revision known here or recorded there, oldest first."""
    with database.direct() as connection:
        stand = look(connection)
        ours = stand.state not in (SchemaState.FOREIGN, SchemaState.EMPTY)
        return MigrationHistory.whole(history(connection, stand.revision if ours else None))


def migration_plan(database: Database, to: str) -> MigrationPlan:
    """The statements from where the database stands to a revision or `base`, with the sizes of what they lock.

    Changes nothing. Raises CheckFailed for a database that this tool would not migrate.
    """
    target = None if to == BASE else find(to)
    with database.direct() as connection:
        stand = look(connection)
        refuse_unless_ours(database, stand)
        return plan(stand.revision, target, connection)


def offline_plan(begin: str, to: str) -> MigrationPlan:
    """The statements between two revisions, without any database."""
    return plan(None if begin == BASE else find(begin), None if to == BASE else find(to), None)


def revert_target(database: Database, words: str) -> tuple[str, str | None]:
    """The current revision and the one meant by a number, `previous` or `base`; InvalidInput when that is ahead."""
    with database.direct() as connection:
        stand = look(connection)
    refuse_unless_ours(database, stand)
    current = stand.revision
    if current is None:
        raise InvalidInput("nothing_to_revert", "the database has no revision to take back", fix="sentinai migrate")
    if words == "previous":
        return current, before(current)
    target = None if words == BASE else find(words)
    if between(current, target):
        raise InvalidInput(
            "revision_ahead",
            f"the database is at {current}, before {target}",
            fix=f"sentinai migrate --to {target}",
        )
    return current, target


def revert_losses(database: Database, current: str, target: str | None) -> Losses:
    """The tables and columns with rows that going back would drop, by revision."""
    with database.direct() as connection:
        return find_losses(connection, current, target)


def refuse_data_loss(losses: Losses, environment: Environment | None, *, allowed: bool, target: str | None) -> None:
    """Raises Refused when data would be lost and that was not allowed, or the database is a production one."""
    if not losses:
        return
    lost = [
        f"{loss.table}{'.' + loss.column if loss.column else ''} ({loss.rows:,} row{'s' if loss.rows > 1 else ''})"
        for each in losses.values()
        for loss in each
    ]
    if environment is Environment.PRODUCTION:
        raise Refused(
            "production_protected",
            "a production database is not taken back where data would be lost",
            why=f"dropped would be {', '.join(lost)}",
            fix="sentinai db environment show",
        )
    if not allowed:
        raise Refused(
            "data_loss",
            "going back drops data",
            why=f"dropped would be {', '.join(lost)}; with the flag it is archived first",
            fix=f"sentinai migrate down {target or BASE} --allow-data-loss",
        )


def revert(
    database: Database,
    *,
    target: str | None,
    losses: Losses,
    home: Path,
    say: Say,
    patience: float = LOCK_PATIENCE,
    advance: Callable[[int], None] = _ignore,
) -> MigrationReverted:
    """Take back the revisions after `target`, archiving what `losses` names.

    Journalled in the database, and locally too when that goes with the first revision.
    """
    result = downgrade(database, target=target, losses=losses, say=say, patience=patience, advance=advance)
    before_: dict[str, object] = {"revision": result.before}
    after: dict[str, object] = {"revision": result.after, "archives": [one.archive for one in result.archives]}
    if target is None:
        append_local(home, database.context, database=database.url.shown, say=say, before=before_, after=after)
    else:
        with database.begin(Maintenance("migrate down")) as work:
            work.record(Outcome.DONE if result.reverted else Outcome.UNCHANGED, before=before_, after=after)
    return result


def role_statements(database: Database) -> Sequence[str]:
    """What a superuser must run so that this login can migrate; empty when nothing is missing."""
    with database.direct() as connection:
        return role_script(connection)


def _status(stand: Stand) -> MigrationStatus:
    current = stand.revision if stand.revision in revisions() else None
    ours = stand.state in (SchemaState.EMPTY, SchemaState.BEHIND)
    return MigrationStatus(
        state=stand.state,
        revision=stand.revision,
        head=head(),
        pending=tuple(between(current, head())) if ours else (),
        detail=stand.detail,
        next_command=next_command(stand.state),
    )
