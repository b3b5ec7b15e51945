"""Restoring a backup: into a new database, proven there, and only then in the target's place."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from sentinai_cli.db.backup import file_digest
from sentinai_cli.db.engine import Database
from sentinai_cli.db.migration_script import revisions
from sentinai_cli.db.migration_session import refuse_unless_ours
from sentinai_cli.db.migration_state import look
from sentinai_cli.db.replacement import Replacement, replacement, server_version, target_name
from sentinai_cli.db.restore import compare, load_archive
from sentinai_cli.errors import CheckFailed, InvalidInput, NotFound, Refused
from sentinai_cli.models.backup import BackupManifest, RestoreResult, content_digest
from sentinai_cli.models.canonical import parse_json
from sentinai_cli.models.database import Environment, SchemaState, Target
from sentinai_cli.models.scope import AllTenants, Maintenance
from sentinai_cli.services.backup import manifest_of
from sentinai_cli.services.event import verify_events
from sentinai_cli.services.event_seal import seal_events
from sentinai_cli.services.local_journal import append_local

Say = Callable[[str], None]
Advance = Callable[[int], None]


@dataclass(frozen=True)
class RestoreTarget:
    """What stands where the backup goes. `name` is the database's; `revision`, mark and epoch are of what is there.

    `state` is None when there is no such database yet.
    """

    name: str
    state: SchemaState | None
    revision: str | None
    environment: Environment | None
    epoch: int

    @property
    def holds_something(self) -> bool:
        """Whether the restore replaces a schema of ours."""
        return self.state not in (None, SchemaState.EMPTY)


def read_manifest(file: Path) -> BackupManifest:
    """The manifest beside an archive, which must match it byte for byte.

    Raises NotFound without either file, InvalidInput for a manifest that cannot be read, CheckFailed `backup_damaged`
    when it belongs to another archive or either was altered.
    """
    beside = manifest_of(file)
    try:
        manifest = BackupManifest.model_validate(parse_json(beside.read_bytes()))
        size, digest = file.stat().st_size, file_digest(file)
    except FileNotFoundError as error:
        raise NotFound("backup_not_found", f"there is no {error.filename}", why=_PAIR) from None
    except OSError as error:
        raise InvalidInput("file_unreadable", f"{error.filename} cannot be read", why=error.strerror) from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        why = f"{'.'.join(map(str, first['loc'])) or 'the document'}: {first['msg']}"
        raise InvalidInput("invalid_manifest", f"{beside} is no manifest of a backup", why=why) from None
    if (size, digest) != (manifest.archive_bytes, manifest.archive_sha256):
        raise CheckFailed("backup_damaged", f"{file} is not the archive that its manifest describes", why=_PAIR)
    if content_digest(manifest.tables) != manifest.digest:
        raise CheckFailed("backup_damaged", f"{beside} was altered: its digest is not that of its tables")
    return manifest


_NAMED = 5
_PAIR = "a backup is an archive and, beside it, the manifest that `sentinai db backup` wrote with it"


def restore_target(database: Database, *, profile: str, embedded: bool) -> tuple[RestoreTarget, Target]:
    """What is to be replaced, and the same as a target to announce. Raises CheckFailed for somebody else's database."""
    name = target_name(database)
    _, version = server_version(database)
    try:
        with database.direct() as connection:
            stand = look(connection)
    except NotFound:
        found = RestoreTarget(name, None, None, None, 0)
    else:
        if stand.state is SchemaState.FOREIGN:
            refuse_unless_ours(database, stand)
        found = RestoreTarget(name, stand.state, stand.revision, None, 0)
        if found.holds_something:
            with database.begin(AllTenants(), read_only=True) as work:
                info = work.database_info
                found = RestoreTarget(name, stand.state, stand.revision, info.environment(), info.epoch())
    target = Target(
        profile=profile,
        database=database.direct_url.shown,
        embedded=embedded,
        server_version=version,
        revision=found.revision,
        environment=found.environment,
    )
    return found, target


def check_restorable(database: Database, manifest: BackupManifest) -> None:
    """Raises Refused for a server older than the backup's, CheckFailed for a revision that this tool does not know."""
    major, version = server_version(database)
    if major < manifest.server_major:
        raise Refused(
            "server_too_old",
            f"the backup is of PostgreSQL {manifest.server_version}, and the target is the older {version}",
            why="an older server may not understand what a newer one wrote",
            fix="sentinai config show",
        )
    if manifest.revision not in revisions():
        raise CheckFailed(
            "unknown_revision",
            f"the backup is at revision {manifest.revision}, which this sentinai does not know",
            why=f"sentinai {manifest.tool_version} wrote it",
            fix="pip install --upgrade sentinai-cli",
        )


def restore(
    database: Database,
    file: Path,
    manifest: BackupManifest,
    before: RestoreTarget,
    *,
    pg_bin: Path | None,
    keep: bool,
    disconnect: bool,
    accept_breaks: bool,
    home: Path,
    now: datetime,
    say: Say,
    advance: Advance,
) -> RestoreResult:
    """Restore, prove, and replace. Whatever fails before the last step leaves the target as it was.

    What the database is for stays the target's: its environment mark survives, and a new target takes the backup's.
    The epoch grows past both, as transaction numbers of another server mean nothing here, and the log that came along
    is sealed.
    `accept_breaks` lets a schema and events through that were broken when they were backed up; `home` has the local
    journal. Raises CheckFailed when rows, schema or events do not hold, Conflict while others are connected and not to
    be disconnected.
    """
    environment = before.environment or manifest.environment
    epoch = max(before.epoch, manifest.epoch) + 1
    was: dict[str, object] = {"revision": before.revision, "epoch": before.epoch}
    becomes: dict[str, object] = {"revision": manifest.revision, "epoch": epoch, "digest": manifest.digest}
    with replacement(database) as new:
        load_archive(new.database, file, manifest, pg_bin=pg_bin)
        state, drift = compare(new.database, manifest, advance=advance)
        if drift:
            found = ", ".join(f"{one.kind} {one.name} is {one.problem}" for one in drift[:_NAMED])
            _accept("schema_drifted", "schema", len(drift), found, accept_breaks=accept_breaks, say=say)
        events, broken = _verified(new, state, accept_breaks=accept_breaks, say=say)
        with new.database.begin(Maintenance("restore")) as work:
            work.database_info.set_environment(environment)
            work.database_info.set_epoch(epoch)
        if broken == 0:  # None where an older schema keeps us out; a broken log is not sealed
            seal_events(new.database, AllTenants(), now=now, advance=lambda _: None)
        with new.database.begin(Maintenance("restore")) as work:
            work.record(before=was, after=becomes)
        kept_as = new.take_place(keep=keep and before.holds_something, disconnect=disconnect, at=now)
    append_local(
        home,
        database.context,
        database=database.direct_url.shown,
        say=say,
        before=was,
        after={**becomes, "kept_as": kept_as},
    )
    return RestoreResult(
        database=before.name,
        revision=manifest.revision,
        environment=environment,
        epoch=epoch,
        tables=len(manifest.tables),
        rows=sum(table.rows for table in manifest.tables),
        digest=manifest.digest,
        drift=len(drift),
        events=events,
        events_broken=broken,
        kept_as=kept_as,
    )


def _verified(new: Replacement, state: SchemaState, *, accept_breaks: bool, say: Say) -> tuple[int | None, int | None]:
    """How many events there are and how many places do not hold; None for both where an older schema keeps us out."""
    try:
        checked = verify_events(new.database, AllTenants(), advance=lambda _: None)
    except CheckFailed as error:
        if error.code != "schema_behind" or state is SchemaState.UP_TO_DATE:
            raise
        say("the backup's schema is older than this sentinai: verify the events after `sentinai migrate`")
        return None, None
    if checked.broken:
        first = checked.breaks[0]
        where = f"the first: {first.exception_id} of {first.tenant_id}, {first.kind}: {first.detail}"
        _accept("events_broken", "event log", checked.broken, where, accept_breaks=accept_breaks, say=say)
    return checked.events, checked.broken


def _accept(code: str, thing: str, count: int, where: str, *, accept_breaks: bool, say: Say) -> None:
    """What is broken in the backup is restored only on demand, and said."""
    places = "one place" if count == 1 else f"{count} places"
    if not accept_breaks:
        raise CheckFailed(
            code,
            f"the backup's {thing} does not hold in {places}; the target was left as it was",
            why=f"{where}; --accept-breaks restores it all the same",
        )
    say(f"the {thing} does not hold in {places}, as it did not when it was backed up; {where}")
