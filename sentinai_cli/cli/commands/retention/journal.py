"""`sentinai retention journal`."""

from pathlib import Path
from typing import Annotated

import typer

from sentinai_cli.cli.commands.retention.group import app
from sentinai_cli.cli.commands.retention.plan import days
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.cli.options import Actor, Confirm, Reason
from sentinai_cli.cli.runtime import Runtime


@app.command(
    "journal",
    mutation=Mutation.SEVERE,
    examples=[
        "sentinai retention journal --older-than 730 --to exports # asks for the database's name",
        "sentinai retention journal --older-than 730 --to exports --confirm sentinai # in a script",
    ],
    following=["sentinai operations list # what is left, and the entry of the cut"],
)
def journal(
    ctx: typer.Context,
    *,
    older_than: Annotated[
        int, typer.Option("--older-than", metavar="DAYS", parser=days, help="Entries older than this, 30 or more.")
    ],
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Where the export goes.")],
    confirm: Confirm = None,
    reason: Reason = None,
    actor: Actor = None,
) -> None:
    """Export, then delete, the oldest entries of the operator journal, readings included.

    Nothing does this by itself: without this command the journal stays whole. The entries are written as JSON lines
    with a manifest first; how many went, and their SHA-256, stays on record. The database lets nothing of the last 30
    days go, and while any legal hold is in force nothing at all (exit 7).
    """
    from sentinai_cli.services.journal_cut import check_journal_cut, cut_journal

    runtime = Runtime.of(ctx)
    target = runtime.announce_target()
    check_journal_cut(runtime.database, older_than=older_than)
    name = runtime.database.url.database or target.database
    runtime.asking.name(f"delete the journal beyond {older_than} days", name, given=confirm)
    result = cut_journal(runtime.database, to, older_than=older_than, now=runtime.now())
    if not result.entries:
        runtime.note("the journal has no entry of that age; nothing was changed")
    runtime.show(result)
