"""Exceptions and their events as COPY reads them: text format, a line each, columns separated by tabs."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sentinai_cli.models.prepared_exception import PreparedException

EXCEPTION = """
    tenant_id, exception_id, domain, type, severity, status, source_system, entity, amount, currency, sla_deadline,
    owner, current_playbook_id, current_step, raw_payload, normalized_context, source_digest, created_at, updated_at,
    resolved_at, last_event_no, last_event_hash
"""
EVENT = """
    tenant_id, exception_id, event_no, event_id, event_type, actor_type, actor_id, payload, created_at, leaf, hash
"""

_SPECIAL = re.compile(r"[\\\t\n\r\x08\x0b\x0c]")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\v": "\\v", "\f": "\\f"}


@dataclass(frozen=True, slots=True)
class CopyText:
    """The lines of some exceptions of one tenant, and those of all their events; the ids lie between these two."""

    records: int
    exceptions: str
    events: str
    lowest: str = ""
    highest: str = ""


def copy_text(tenant_id: str, records: Iterable[PreparedException]) -> CopyText:
    """The lines of these records. Raises ValueError for one of another tenant."""
    exceptions, events = [], []
    lowest = highest = None
    for record in records:
        if record.tenant_id != tenant_id:
            raise ValueError(f"{record.exception_id} is not of {tenant_id}")
        key = f"{_name(tenant_id)}\t{_text(record.exception_id)}\t"
        if lowest is None or highest is None:
            lowest = highest = record.exception_id
        elif record.exception_id > highest:
            highest = record.exception_id
        elif record.exception_id < lowest:
            lowest = record.exception_id
        exceptions.append(key + _exception(record))
        for number, event in enumerate(record.events, start=1):
            payload = event.payload.replace("\\", "\\\\")
            events.append(
                f"{key}{number}\t{event.event_id}\t{_name(event.event_type)}\t{event.actor_type}"
                f"\t{_name(event.actor_id)}\t{payload}\t{event.created_at}"
                f"\t\\\\x{event.leaf.hex()}\t\\\\x{event.hash.hex()}\n"
            )
    return CopyText(len(exceptions), "".join(exceptions), "".join(events), lowest or "", highest or "")


def _exception(record: PreparedException) -> str:
    """Everything after the key."""
    step = "\\N" if record.current_step is None else record.current_step
    deadline, resolved_at = record.sla_deadline or "\\N", record.resolved_at or "\\N"  # times need no escape
    raw_payload = record.raw_payload.replace("\\", "\\\\")
    context = record.normalized_context.replace("\\", "\\\\")
    return (
        f"{_name(record.domain)}\t{_name(record.type)}\t{record.severity}\t{record.status}"
        f"\t{_name(record.source_system)}\t{_text(record.entity)}\t{_text(record.amount)}\t{_name(record.currency)}"
        f"\t{deadline}\t{_name(record.owner)}\t{_name(record.current_playbook_id)}\t{step}"
        f"\t{raw_payload}\t{context}\t\\\\x{record.source_digest.hex()}\t{record.created_at}\t{record.updated_at}"
        f"\t{resolved_at}\t{len(record.events)}\t\\\\x{record.events[-1].hash.hex()}\n"
    )


def _text(value: str | None) -> str:
    """A value of a text column, escaped. Of canonical JSON, which has no control characters, only backslashes are."""
    return "\\N" if value is None else _SPECIAL.sub(lambda found: _ESCAPES[found[0]], value)


_name = lru_cache(maxsize=1 << 12)(_text)
"""The same for columns in which few values come again and again."""
