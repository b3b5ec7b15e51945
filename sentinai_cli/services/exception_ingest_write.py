"""Writing records that were taken: new ones with their first two events, changed ones with an event of the change."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from sentinai_cli.db.repositories.copy_text import CopyText, copy_text
from sentinai_cli.db.work import Work
from sentinai_cli.models.exception_change import Author, Revision, StoredException, revision, steps_of
from sentinai_cli.models.exception_ingest import SeverityDifference
from sentinai_cli.models.ingest_candidate import Candidate, Made
from sentinai_cli.models.ingested_record import NAMES, Fault
from sentinai_cli.services.exception_ingest_new import ACTOR, ExceptionMaker, decimal
from sentinai_cli.services.tenant_status import require_active

_FIXED = ("domain", "type", "created_at")


@dataclass
class Written:
    """What became of some records."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[Candidate, Fault]] = field(default_factory=list)
    differences: list[SeverityDifference] = field(default_factory=list)


class Expected(NamedTuple):
    """Records that seem to be new, ready to be inserted: what each id becomes, and the rows of all."""

    made: dict[str, Made]
    rows: CopyText


class IngestWriter:
    """Writes records of one tenant."""

    def __init__(self, tenant_id: str, maker: ExceptionMaker, now: datetime) -> None:
        self._tenant_id = tenant_id
        self._maker = maker
        self._author = Author(*ACTOR, now)

    def expect(self, records: Sequence[Candidate]) -> Expected:
        """All of them made ready, which needs no database."""
        made = {name: self._maker.make(one) for name, one in _first(records).items()}
        return Expected(made, self._rows(made))

    def write(
        self, work: Work, records: Sequence[Candidate], expected: Expected | None = None, *, dry_run: bool = False
    ) -> Written:
        """Write what is new or changed of them, in the caller's transaction; of a dry run, only tell.

        What is `expected` of these records is tried without a look whether they are there. An id may be there twice if
        the records are equal: the second one shares the fate of the first. Raises Refused for a tenant that takes
        nothing new.
        """
        written = Written()
        if not dry_run:
            require_active(work, [self._tenant_id])
        first = _first(records)
        known = {} if expected else work.exception_upserts.digests(self._tenant_id, first)
        new = [one for name, one in first.items() if name not in known]
        changed = [one for name, one in first.items() if name in known and known[name] != one.digest]
        added = self._add(work, new, expected, written, dry_run=dry_run)
        changed += [one for one in new if one.record.exception_id not in added]  # they are there
        self._change(work, changed, written, dry_run=dry_run)
        refused = {one.record.exception_id: fault for one, fault in written.refused}
        for one in records:
            name = one.record.exception_id
            if first[name] is not one and name in refused:
                written.refused.append((one, refused[name]))
        written.unchanged = len(records) - written.created - written.updated - len(written.refused)
        return written

    def _add(
        self, work: Work, new: Sequence[Candidate], expected: Expected | None, written: Written, *, dry_run: bool
    ) -> set[str]:
        made = expected.made if expected else {one.record.exception_id: self._maker.make(one) for one in new}
        added = set(made)
        if made and not dry_run:
            rows = expected.rows if expected else self._rows(made)
            added = set(work.exception_upserts.add(self._tenant_id, rows))
        found = (one.difference for name, one in made.items() if name in added)
        written.differences += [difference for difference in found if difference is not None]
        written.created = len(added)
        return added

    def _rows(self, made: dict[str, Made]) -> CopyText:
        return copy_text(self._tenant_id, [one.exception for one in made.values()])

    def _change(self, work: Work, changed: Sequence[Candidate], written: Written, *, dry_run: bool) -> None:
        read = work.exception_upserts.look if dry_run else work.exception_upserts.lock
        stored = read(self._tenant_id, [one.record.exception_id for one in changed])
        revisions = []
        for one in changed:
            there = stored.get(one.record.exception_id)
            if there is None:
                written.refused.append((one, Fault("erased_meanwhile", "", "it was erased while it was compared")))
            elif there.source_digest != one.digest:
                found = self._revised(one, there)
                if isinstance(found, Fault):
                    written.refused.append((one, found))
                elif found is not None:
                    revisions.append(found)
        written.updated = len(revisions)
        if not dry_run:
            work.exception_upserts.revise(revisions)

    def _revised(self, one: Candidate, there: StoredException) -> Revision | Fault | None:
        """The stored exception as the record says; None where it does already."""
        record = one.record
        said = {"domain": one.domain, "type": record.type, "created_at": datetime.fromisoformat(record.created_at)}
        for name in _FIXED:
            if said[name] != getattr(there, name):
                why = "the exception of this id has another one, and it never changes"
                return Fault("exception_differs", f"/{NAMES[name][0]}", why)
        values: dict[str, object] = {
            "source_system": record.source_system,
            "entity": record.entity,
            "amount": decimal(record.amount),
            "currency": record.currency,
            "raw_payload": record.raw_payload,
            "normalized_context": record.normalized_context,
        }
        before, after = self._maker.decide_stored(there), self._maker.decide(one)
        if after.severity is not before.severity:
            values["severity"] = after.severity
        steps = steps_of(there, values, f"the record changed; {after.layer} {after.rule or ''}".rstrip())
        return revision(there, values | {"source_digest": one.digest}, steps, self._author) if steps else None


def _first(records: Sequence[Candidate]) -> dict[str, Candidate]:
    """The first record of each id."""
    return {one.record.exception_id: one for one in reversed(records)}
