"""Whether a record can be taken for a tenant, by its active packs."""

import re
from datetime import datetime, timedelta

from sentinai_cli.models.event_hash import canonical_time
from sentinai_cli.models.exception_ingest import Rejection
from sentinai_cli.models.ingest_candidate import Candidate, candidate
from sentinai_cli.models.ingested_record import NAMES, Fault, Faulty, IngestedRecord, read_record
from sentinai_cli.models.ingested_value import LONGEST_ID
from sentinai_cli.packs.finding import nearest
from sentinai_cli.packs.payload_check import PayloadCheck
from sentinai_cli.services.exception_ingest_source import Piece
from sentinai_cli.services.pack_pair import PackPair

_ID = re.compile(rb'"exception(?:Id|_id)"\s*:\s*"([^"\\]{1,512})"')
LONGEST = 500
"""Characters of a pointer or a reason, which may quote the record."""
TOLERANCE = timedelta(minutes=5)
"""By how much another system's clock may be ahead."""


class Acceptance:
    """Takes the records of one tenant one by one. `ignored` counts the fields that are known and not taken."""

    def __init__(self, tenant_id: str, domain: str, pair: PackPair, now: datetime) -> None:
        self._tenant_id = tenant_id
        self._domain = domain
        self._pack = pair.domain_reference
        self._types = pair.domain_pack.exception_types
        self._payloads = PayloadCheck(pair.domain_pack)
        self._latest = canonical_time(now + TOLERANCE)
        self.ignored: dict[str, int] = {}

    def take(self, piece: Piece) -> Candidate:
        """The record as it is to be stored. Raises Faulty, with everything that is wrong with it."""
        if isinstance(piece.document, Fault):
            raise Faulty(piece.document)
        record, ignored = read_record(piece.document)
        faults = self._faults(record)
        if faults:
            raise Faulty(*faults)
        for name in ignored:
            self.ignored[name] = self.ignored.get(name, 0) + 1
        return candidate(record, tenant_id=self._tenant_id, domain=self._domain, line=piece.line, text=piece.text)

    def _faults(self, record: IngestedRecord) -> list[Fault]:
        faults = []
        if record.tenant_id not in (None, self._tenant_id):
            faults.append(_fault("another_tenant", "tenant_id", f"the record is not of {self._tenant_id}"))
        if record.domain not in (None, self._domain):
            faults.append(_fault("another_domain", "domain", f"the domain of {self._tenant_id} is {self._domain}"))
        if record.created_at > self._latest:
            faults.append(_fault("in_the_future", "created_at", f"it is later than {self._latest}"))
        if record.type in self._types:
            for place, why in self._payloads.faults(record.type, record.raw_payload):
                faults.append(Fault("invalid_payload", f"/{NAMES['raw_payload'][0]}{place}", why))
        else:
            near = nearest(record.type, self._types)
            hint = f"; the nearest is {near}" if near else ""
            faults.append(_fault("unknown_type", "type", f"{self._pack} has no type {record.type[:80]!r}{hint}"))
        return faults


def rejections(piece: Piece, error: Faulty) -> list[Rejection]:
    """What is said of a record that was not taken."""
    return rejections_of(piece.line, _id_in(piece), error.faults)


def rejections_of(line: int, exception_id: str | None, faults: tuple[Fault, ...]) -> list[Rejection]:
    """The same of one whose id is known."""
    return [
        Rejection(
            line=line,
            exception_id=exception_id,
            code=fault.code,
            pointer=fault.pointer[:LONGEST],
            reason=fault.why[:LONGEST],
        )
        for fault in faults
    ]


def _id_in(piece: Piece) -> str | None:
    """The id as far as it can be made out, so that somebody can look for the record."""
    if isinstance(piece.document, dict):
        found = next((piece.document[name] for name in NAMES["exception_id"] if name in piece.document), None)
    else:
        match = _ID.search(piece.text)
        found = match[1].decode("utf-8", "replace") if match else None
    return found[:LONGEST_ID] if isinstance(found, str) and found.isprintable() else None


def _fault(code: str, name: str, why: str) -> Fault:
    return Fault(code, f"/{NAMES[name][0]}", why)
