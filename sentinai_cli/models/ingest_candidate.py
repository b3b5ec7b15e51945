"""A record that was taken, as far as it does not depend on what is stored: texts as they are loaded, and the digest."""

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

import orjson

from sentinai_cli.models.canonical import NotCanonical
from sentinai_cli.models.event_hash import RECORD
from sentinai_cli.models.exception_ingest import SeverityDifference
from sentinai_cli.models.ingested_record import Fault, Faulty, IngestedRecord
from sentinai_cli.models.plain_json import canonical_text
from sentinai_cli.models.prepared_exception import PreparedException


class Made(NamedTuple):
    """The exception that a record becomes where there is none, and how its severity differs from what was said."""

    exception: PreparedException
    difference: SeverityDifference | None


@dataclass(slots=True)
class Candidate:
    """A record of which everything is known that does not depend on what is stored: texts as they are loaded."""

    line: int
    text: bytes
    record: IngestedRecord
    domain: str
    raw_payload: str
    normalized_context: str
    digest: bytes


def candidate(record: IngestedRecord, *, tenant_id: str, domain: str, line: int, text: bytes) -> Candidate:
    """The record with its documents as texts and its digest, the one that models.event_hash.record_digest defines.

    Raises Faulty for a document that has no canonical form.
    """
    raw_payload = _canonical("/rawPayload", record.raw_payload)
    normalized_context = _canonical("/normalizedContext", record.normalized_context)
    told = orjson.dumps(
        {  # in the order of the canonical form
            "amount": record.amount,
            "created_at": record.created_at,
            "currency": record.currency,
            "domain": domain,
            "entity": record.entity,
            "exception_id": record.exception_id,
            "normalized_context": orjson.Fragment(normalized_context),
            "raw_payload": orjson.Fragment(raw_payload),
            "source_system": record.source_system,
            "tenant_id": tenant_id,
            "type": record.type,
        }
    )
    digest = hashlib.sha256(RECORD + told).digest()
    return Candidate(line, text, record, domain, raw_payload, normalized_context, digest)


def _canonical(place: str, document: dict[str, object]) -> str:
    try:
        return canonical_text(document)
    except NotCanonical as error:
        raise Faulty(Fault("invalid_json", f"{place}{error.pointer}", error.why or error.what)) from None
