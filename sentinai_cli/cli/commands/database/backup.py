"""`sentinai db backup|restore`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sentinai_cli.cli.commands.database.group import app
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, Confirm, Reason, Yes
from sentinai_cli.cli.runtime import Runtime

if TYPE_CHECKING:
    from sentinai_cli.services.restore import RestoreTarget

_File = Annotated[Path, typer.Argument(metavar="FILE", help="The archive; its manifest stands beside it.")]


@app.command(
    "backup",
    mutation=Mutation.LOCAL,
    examples=[
        "sentinai db backup monday.dump # the archive, and monday.dump.manifest.json",
        "sentinai db backup monday.dump --profile live --reason 'before the release' # another target",
    ],
    following=["sentinai db restore monday.dump --profile staging # prove it elsewhere"],
)
def backup(ctx: typer.Context, file: _File, reason: Reason = None, actor: Actor = None) -> None:
    """Write the whole database into an archive, with a manifest of what is in it: rows and digests of each table.

    The archive is pg_dump's custom format. It holds every tenant's rows: both files are readable by this account
    alone. Reading everything needs the superuser or the role sentinai_backup; without the right it is exit 7 with
    the grant to run.
    """
    from sentinai_cli.services.backup import backup as run

    runtime = Runtime.of(ctx)
    runtime.announce_target()
    with runtime.progress("Backing up") as advance:
        result = run(
            runtime.database,
            file,
            pg_bin=runtime.settings.pg_bin,
            now=runtime.now(),
            say=runtime.note,
            advance=advance,
        )
    runtime.show(result)


@app.command(
    "restore",
    mutation=Mutation.SEVERE,
    examples=[
        "sentinai db restore monday.dump # the target is replaced, the old database is kept aside",
        "sentinai db restore monday.dump --confirm sentinai # a production target: the database's name",
        "sentinai db restore monday.dump --yes --drop-old --disconnect # in a script, leaving nothing behind",
    ],
    following=["sentinai status # what the database holds now", "sentinai events verify # each hash of the log"],
)
def restore(
    ctx: typer.Context,
    file: _File,
    *,
    drop_old: Annotated[bool, typer.Option("--drop-old", help="Do not keep the replaced database aside.")] = False,
    disconnect: Annotated[bool, typer.Option("--disconnect", help="End the sessions of others in it.")] = False,
    accept_breaks: Annotated[
        bool, typer.Option("--accept-breaks", help="Restore a log or a schema that is broken in the backup.")
    ] = False,
    yes: Yes = False,
    confirm: Confirm = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Put a backup in the place of the target's database.

    It is restored into a new database and proven there: every row against the manifest, every event against its
    hash. Only then it takes the target's name, in one step; until then the target is as it was. The old database is
    kept under another name. The target keeps its own environment mark; one marked production must be confirmed by
    name.
    """
    from sentinai_cli.services.legal_hold import refuse_held
    from sentinai_cli.services.restore import check_restorable, read_manifest, restore_target
    from sentinai_cli.services.restore import restore as run

    runtime = Runtime.of(ctx)
    manifest = read_manifest(file)
    before, target = restore_target(runtime.database, profile=runtime.settings.profile, embedded=runtime.is_embedded)
    runtime.announce(target)
    check_restorable(runtime.database, manifest)
    if drop_old and before.holds_something:
        refuse_held(runtime.database)
    _agree(runtime, before, yes=yes, confirm=confirm)
    with runtime.progress("Restoring") as advance:
        result = run(
            runtime.database,
            file,
            manifest,
            before,
            pg_bin=runtime.settings.pg_bin,
            keep=not drop_old,
            disconnect=disconnect,
            accept_breaks=accept_breaks,
            home=runtime.settings.home,
            now=runtime.now(),
            say=runtime.note,
            advance=advance,
        )
    runtime.show(result)


def _agree(runtime: Runtime, before: "RestoreTarget", *, yes: bool, confirm: str | None) -> None:
    """Nothing to replace, nothing to ask; production is severe; anything else is a question."""
    from sentinai_cli.models.database import Environment

    if before.environment is Environment.PRODUCTION or (runtime.is_production and before.holds_something):
        runtime.asking.name(f"replace the production database {before.name}", before.name, given=confirm)
    elif before.holds_something:
        runtime.asking.agreement(f"Replace the database {before.name}", yes=yes or confirm == before.name)
