"""The exception that a record becomes where there is none: its severity, its deadline and its first two events.

The events are dated by the record and their ids follow from it, so that a run gives the same rows however often it was
cut off; who ingested what and when is in the journal.
"""

import hashlib
import struct
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Lock

from sentinai_cli.models.event import ActorType, EventType
from sentinai_cli.models.exception import Status
from sentinai_cli.models.exception_change import StoredException
from sentinai_cli.models.exception_ingest import SeverityDifference
from sentinai_cli.models.ingest_candidate import Candidate, Made
from sentinai_cli.models.prepared_exception import PreparedException
from sentinai_cli.seeding.log import Log
from sentinai_cli.seeding.moment import canonical, microseconds
from sentinai_cli.services.decision import PackDecisions, Ruling
from sentinai_cli.services.exception_deadline import sla
from sentinai_cli.services.pack_pair import PackPair

ACTOR = (ActorType.SYSTEM, "ingest")


class ExceptionMaker:
    """Makes exceptions of one tenant, decided by one pair of packs; for several threads."""

    def __init__(self, tenant_id: str, pair: PackPair) -> None:
        self._tenant_id = tenant_id
        self._decisions = PackDecisions(pair.domain_pack, pair.policy_pack)
        self._deciding = Lock()
        self._sla = {severity: span // timedelta(microseconds=1) for severity, span in sla().items()}

    def make(self, one: Candidate) -> Made:
        """The exception of a record."""
        ruling, given = self.decide(one), one.record.severity
        difference = None
        if given is not None and given is not ruling.severity:
            name = one.record.exception_id
            difference = SeverityDifference(line=one.line, exception_id=name, given=given, decided=ruling.severity)
        return Made(self._exception(one, ruling), difference)

    def decide(self, one: Candidate) -> Ruling:
        """What the packs say of a record."""
        record = one.record
        with self._deciding:
            return self._decisions.severity(
                exception_type=record.type,
                source_system=record.source_system,
                amount=decimal(record.amount),
                raw_payload=record.raw_payload,
                context=record.normalized_context,
            )

    def decide_stored(self, there: StoredException) -> Ruling:
        """What they say of a stored exception, whatever was decided about it."""
        with self._deciding:
            return self._decisions.severity(
                exception_type=there.type,
                source_system=there.source_system,
                amount=there.amount,
                raw_payload=there.raw_payload,
                context=there.normalized_context,
            )

    def _exception(self, one: Candidate, ruling: Ruling) -> PreparedException:
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
        normalized: dict[str, object] = {"domain": one.domain, "fields": sorted(record.normalized_context)}
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


def decimal(text: str | None) -> Decimal | None:
    """An amount as a number."""
    return None if text is None else Decimal(text)
