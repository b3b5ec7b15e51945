"""One stored row of a run, held against everything that must be true of it."""

from datetime import datetime
from decimal import Decimal
from itertools import pairwise

import orjson

from sentinai_cli.models.domain_pack import DomainPack
from sentinai_cli.models.event_chain import ChainCheck, stored_digest
from sentinai_cli.models.event_check import Findings
from sentinai_cli.models.event_row import EventRow, RecordRow
from sentinai_cli.models.policy_pack import PolicyPack
from sentinai_cli.models.prepared_exception import PreparedException
from sentinai_cli.models.seed_check import SeedCheck
from sentinai_cli.packs.conditions import Facts
from sentinai_cli.packs.overlay import playbooks
from sentinai_cli.packs.severity import SeverityPolicy
from sentinai_cli.seeding.invariant import violations
from sentinai_cli.services.seed_tally import Tally

Line = tuple[str, bytes, bytes]
_NOTHING = bytes(32)


class RowCheck:
    """Takes the rows of a run one by one, each with what was generated for its number.

    `as_of` None: of a drip, which goes on.
    """

    def __init__(self, as_of: datetime | None, domain_pack: DomainPack, policy_pack: PolicyPack | None) -> None:
        self._as_of = as_of
        self._policy = SeverityPolicy(domain_pack, policy_pack)
        self._playbooks = {playbook.playbook_id for playbook in playbooks(domain_pack, policy_pack)}
        self.moved = 0
        self._present = Tally("every record is there", "by id, from number 1 on")
        self._same = Tally("every record is what was seeded", "columns, documents and events, byte for byte")
        self._chain = Tally("every history is whole", "numbers, contents, links, head; the row is what its events say")
        self._time = Tally("times are consistent", "events strictly follow each other, none is after as-of")
        self._severity = Tally("severities are what the rules say", "asked row by row of the packs of the run")
        self._holds = Tally("payloads keep their invariants", "check digits, codes, and the defect of each type")
        self._closed = Tally("references exist", "the playbook is one of the packs'")

    def see(self, seeded: PreparedException, stored: tuple[RecordRow, list[EventRow]] | None) -> Line:
        """Check one row; what the run's digest covers of it, as it is stored now."""
        name = seeded.exception_id
        self._present.see(name, "it is missing" if stored is None else None)
        if stored is None:
            return name, b"", b""
        record, events = stored
        count = len(seeded.events)
        first = events[:count]
        moved = len(events) > count
        self.moved += moved
        found = Findings()
        chain = ChainCheck(record, found, folded=True)
        for event in events:
            chain.see(event)
        chain.finish()
        self._chain.see(name, found.breaks[0].detail if found.breaks else None)
        digest = _digest_of(record, first, moved=moved)
        head = first[-1].hash if len(first) == count else _NOTHING
        same = (digest, head) == (seeded.source_digest, seeded.events[-1].hash)
        self._same.see(name, None if same else "it differs from what the run made")
        self._time.see(name, self._out_of_time(first))
        self._judge(record, first)
        return name, digest, head

    def results(self) -> list[SeedCheck]:
        """A check for each kind of thing."""
        tallies = (self._present, self._same, self._chain, self._time, self._severity, self._holds, self._closed)
        return [tally.result() for tally in tallies]

    def _out_of_time(self, events: list[EventRow]) -> str | None:
        times = [datetime.fromisoformat(event.created_at) for event in events]
        if any(after <= before for before, after in pairwise(times)):
            return "an event is not later than the one before it"
        after = self._as_of is not None and times and times[-1] > self._as_of
        return "an event is after as-of" if after else None

    def _judge(self, record: RecordRow, events: list[EventRow]) -> None:
        payload, context = orjson.loads(record.raw_payload), orjson.loads(record.normalized_context)
        broken = violations(record.type, payload, datetime.fromisoformat(record.created_at))
        self._holds.see(record.exception_id, "; ".join(broken) or None)
        amount = None if record.amount is None else Decimal(record.amount)
        decided = self._policy.decide(Facts(record.type, record.source_system, amount, payload, context)).severity
        told = orjson.loads(events[0].payload).get("severity") if events else None
        self._severity.see(record.exception_id, None if told == decided else f"it is {told}, the rules say {decided}")
        known = record.current_playbook_id is None or record.current_playbook_id in self._playbooks
        self._closed.see(record.exception_id, None if known else f"there is no playbook {record.current_playbook_id}")


def _digest_of(record: RecordRow, events: list[EventRow], *, moved: bool) -> bytes:
    """The record digest: of the row itself, but of the first event where somebody may have changed the row since."""
    text = orjson.loads(events[0].payload).get("record_digest") if moved and events else stored_digest(record)
    try:
        return bytes.fromhex(text or "")
    except (TypeError, ValueError):
        return b""
