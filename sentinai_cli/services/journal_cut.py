"""Cutting the oldest entries off the operator journal, for those whose rules ask for it; by default it stays whole."""

from datetime import datetime
from pathlib import Path

from sentinai_cli.db.engine import Database
from sentinai_cli.errors import Conflict, InvalidInput
from sentinai_cli.models.erasure import MANIFEST
from sentinai_cli.models.journal_cut import JOURNAL, JournalCut, JournalManifest
from sentinai_cli.models.legal_hold import under_hold
from sentinai_cli.models.operation import Outcome
from sentinai_cli.models.scope import AllTenants, Maintenance
from sentinai_cli.services.erasure_directory import LineFile, new_directory, write_document
from sentinai_cli.services.retention import cutoff_of

LEAST_DAYS = 30
"""The database itself keeps that much, whoever asks."""


def check_journal_cut(database: Database, *, older_than: int) -> None:
    """Raise InvalidInput for less than thirty days, Refused while any legal hold is in force."""
    if older_than < LEAST_DAYS:
        raise InvalidInput(
            "window_too_short",
            f"{older_than} days of the journal are too few to keep",
            why=f"the last {LEAST_DAYS} days always stay",
        )
    with database.begin(AllTenants(), read_only=True) as work:
        if held := work.legal_holds.list_all():
            raise under_hold(held[0])


def cut_journal(database: Database, place: Path, *, older_than: int, now: datetime) -> JournalCut:
    """Write the entries that are older than so many days into a new directory in `place`, then delete them.

    One transaction, which is entered with count and SHA-256 and can delete nothing else; killed before its end,
    nothing is gone. Raises as `check_journal_cut`, InvalidInput when nothing can be written there, and Conflict when
    entries of that age appear meanwhile.
    """
    check_journal_cut(database, older_than=older_than)
    until = cutoff_of(older_than, now)
    with database.begin(Maintenance("journal cut")) as work:
        context = work.context
        oldest = next(iter(work.operations.lines(until)), None)
        if oldest is None:
            work.record(Outcome.UNCHANGED, before={"until": until.isoformat()})
            return JournalCut(until=until, entries=0, export=None, sha256=None)
        final = place / f"journal.{now:%Y%m%dT%H%M%SZ}"
        with new_directory(final) as draft, LineFile(draft / JOURNAL) as written:
            for line in work.operations.lines(until):
                written.write(line)
            file = written.finish()
            manifest = JournalManifest(
                database=work.database_info.made_at(),
                until=until,
                actor=context.actor,
                reason=context.reason,
                files=(file,),
                exported_at=now,
                tool_version=context.tool_version,
            )
            write_document(draft / MANIFEST, manifest)
        gone = work.operations.cut(
            until, entries=file.lines, sha256=file.sha256, reason=context.reason, by=context.actor
        )
        if gone != file.lines:
            raise Conflict("changed_meanwhile", "entries of that age appeared in the journal meanwhile", fix=None)
        work.record(before={"until": until.isoformat()}, after={"entries": gone, "sha256": file.sha256})
    return JournalCut(until=until, entries=gone, export=str(final), sha256=file.sha256)
