"""What is written down about exceptions before they are erased, and what is said about it afterwards."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from sentinai_cli.models.base import Model, Moment

EXCEPTIONS, EVENTS, HEADS = "exceptions.jsonl", "events.jsonl", "heads.jsonl"
MANIFEST, RECEIPT = "manifest.json", "receipt.json"


class ErasurePurpose(StrEnum):
    RETENTION = "retention"
    PURGE = "purge"


class ExportedException(Model):
    """A line of `exceptions.jsonl`: the row as it was. `amount` is a decimal as text, digests and hashes are hex."""

    tenant_id: str
    exception_id: str
    domain: str
    type: str
    severity: str
    status: str
    source_system: str
    entity: str | None
    amount: str | None
    currency: str | None
    sla_deadline: Moment | None
    owner: str | None
    current_playbook_id: str | None
    current_step: int | None
    raw_payload: dict[str, object]
    normalized_context: dict[str, object]
    source_digest: str
    created_at: Moment
    updated_at: Moment
    resolved_at: Moment | None
    last_event_no: int
    last_event_hash: str


class ExportedHead(Model):
    """A line of `heads.jsonl`: where the chain of an exported exception stood. What stands elsewhere is not erased."""

    exception_id: str
    event_no: int
    hash: str


class ExportedFile(Model):
    name: str
    lines: int
    bytes: int
    sha256: str


class ErasureManifest(Model):
    """What an export holds. `cutoff` None exports everything; `database` tells databases apart, copies not.

    Erasure follows the heads file under `operation_id`, so that an export that was not finished can be.
    """

    format: Literal["sentinai.erasure.v1"] = "sentinai.erasure.v1"
    purpose: ErasurePurpose
    tenant_id: str
    database: Moment
    operation_id: UUID
    actor: str
    reason: str | None
    cutoff: Moment | None
    exceptions: int
    events: int
    files: tuple[ExportedFile, ...]
    exported_at: Moment
    tool_version: str


class ErasureReceipt(Model):
    """What became of an export: `exceptions` with `events` are gone; held and changed ones are still there."""

    tenant_id: str
    operation_id: UUID
    manifest_sha256: str
    exceptions: int
    events: int
    held: int
    changed: int
    finished_at: Moment
    tool_version: str
