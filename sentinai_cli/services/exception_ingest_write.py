"""Writing records that were taken: new ones with their first two events, changed ones with an event of the change."""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from sentinai_cli.db.work import Work
from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.exception import Severity, Status
from sentinai_cli.models.exception_change import Author, Revision, StoredException, revision, steps_of
from sentinai_cli.models.exception_ingest import SeverityDifference
from sentinai_cli.models.ingest_candidate import Candidate
from sentinai_cli.models.ingested_record import NAMES, Fault
from sentinai_cli.models.prepared_exception import PreparedException
from sentinai_cli.seeding.log import Log
from sentinai_cli.seeding.moment import canonical, microseconds
from sentinai_cli.services.decision import PackDecisions, Ruling
from sentinai_cli.services.exception_deadline import sla
from sentinai_cli.services.pack_pair import PackPair
from sentinai_cli.services.tenant_status import require_active

ACTOR = (ActorType.SYSTEM, "ingest")
_FIXED = ("domain", "type", "created_at")


@dataclass
class Written:
    """What became of some records."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[Candidate, Fault]] = field(default_factory=list)
    differences: list[SeverityDifference] = field(default_factory=list)


class IngestWriter:
    """Writes records of one tenant, decided by one pair of packs. The events of a new record are dated by it.

    So a run gives the same rows however often it was cut off; who ingested what and when is in the journal.
    """

    def __init__(self, tenant_id: str, pair: PackPair, now: datetime) -> None:
        self._tenant_id = tenant_id
        self._decisions = PackDecisions(pair.domain_pack, pair.policy_pack)
        self._author = Author(*ACTOR, now)
        self._sla = {severity: span // timedelta(microseconds=1) for severity, span in sla().items()}

    def write(self, work: Work, records: Sequence[Candidate], *, dry_run: bool = False) -> Written:
        """Write what is new or changed of them, in the caller's transaction; of a dry run, only tell.

        An id may be there twice if the records are equal: the second one shares the fate of the first. Raises Refused
        for a tenant that takes nothing new.
        """
        written = Written()
        if not dry_run:
            require_active(work, [self._tenant_id])
        first = {one.record.exception_id: one for one in reversed(records)}
        known = work.exception_upserts.digests(self._tenant_id, first)
        new = [one for name, one in first.items() if name not in known]
        changed = [one for name, one in first.items() if name in known and known[name] != one.digest]
        rulings = [self._rule(one, written) for one in new]
        added = {one.record.exception_id for one in new} if dry_run else self._add(work, new, rulings)
        changed += [one for one in new if one.record.exception_id not in added]  # somebody else was sooner
        written.created = len(added)
        self._change(work, changed, written, dry_run=dry_run)
        refused = {one.record.exception_id: fault for one, fault in written.refused}
        for one in records:
            name = one.record.exception_id
            if first[name] is not one and name in refused:
                written.refused.append((one, refused[name]))
        written.unchanged = len(records) - written.created - written.updated - len(written.refused)
        return written

    def _add(self, work: Work, new: Sequence[Candidate], rulings: Sequence[Ruling]) -> set[str]:
        prepared = [self._prepared(one, ruling) for one, ruling in zip(new, rulings, strict=True)]
        return set(work.exception_upserts.add(self._tenant_id, prepared)) if prepared else set()

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
            "amount": _decimal(record.amount),
            "currency": record.currency,
            "raw_payload": record.raw_payload,
            "normalized_context": record.normalized_context,
        }
        before, after = self._decided(there), self._decide(one)
        if after.severity is not before:
            values["severity"] = after.severity
        steps = steps_of(there, values, f"the record changed; {after.layer} {after.rule or ''}".rstrip())
        return revision(there, values | {"source_digest": one.digest}, steps, self._author) if steps else None

    def _rule(self, one: Candidate, written: Written) -> Ruling:
        ruling, given = self._decide(one), one.record.severity
        if given is not None and given is not ruling.severity:
            written.differences.append(
                SeverityDifference(
                    line=one.line, exception_id=one.record.exception_id, given=given, decided=ruling.severity
                )
            )
        return ruling

    def _decide(self, one: Candidate) -> Ruling:
        record = one.record
        return self._decisions.severity(
            exception_type=record.type,
            source_system=record.source_system,
            amount=_decimal(record.amount),
            raw_payload=record.raw_payload,
            context=record.normalized_context,
        )

    def _decided(self, there: StoredException) -> Severity:
        return self._decisions.severity(
            exception_type=there.type,
            source_system=there.source_system,
            amount=there.amount,
            raw_payload=there.raw_payload,
            context=there.normalized_context,
        ).severity

    def _prepared(self, one: Candidate, ruling: Ruling) -> PreparedException:
        record, created_at = one.record, one.record.created_at
        created = microseconds(datetime.fromisoformat(created_at))
        deadline = record.sla_deadline
        if not record.gives_deadline:
            deadline = canonical(created + self._sla[ruling.severity])
        told: dict[str, object] = {
            "source_system": record.source_system,
            "record_digest": one.digest.hex(),
            "severity": ruling.severity.value,
            "status": Status.OPEN.value,
            "sla_deadline": deadline,
        }
        normalized: dict[str, object] = {"domain": one.domain, "fields": list(record.normalized_context)}
        if record.entity is not None:
            normalized["entity"] = record.entity
        words = struct.unpack(">4Q", hashlib.sha256(b"sentinai.ingest.v1" + one.digest).digest())
        log = Log(self._tenant_id, record.exception_id, iter(words).__next__)
        log.write(EventType.EXCEPTION_CREATED, ACTOR, told, created)
        log.write(EventType.EXCEPTION_NORMALIZED, ACTOR, normalized, created)
        return PreparedException(
            tenant_id=self._tenant_id,
            exception_id=record.exception_id,
            domain=one.domain,
            type=record.type,
            severity=ruling.severity.value,
            status=Status.OPEN.value,
            source_system=record.source_system,
            entity=record.entity,
            amount=record.amount,
            currency=record.currency,
            sla_deadline=deadline,
            owner=None,
            current_playbook_id=None,
            current_step=None,
            raw_payload=one.raw_payload,
            normalized_context=one.normalized_context,
            source_digest=one.digest,
            created_at=created_at,
            updated_at=created_at,
            resolved_at=None,
            events=log.events,
        )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
