"""The operator journal: who did what to which target, and what came of it."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult


class Outcome(StrEnum):
    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class OperationContext(Model):
    """What is known before the work begins. `arguments` are redacted already.

    `home` is the directory of local state, where the first migration is written down too; None where nothing is.
    """

    command: str
    arguments: dict[str, str]
    actor: str
    reason: str | None
    started_at: datetime
    tool_version: str
    home: Path | None = None


class Operation(Model):
    """One journal entry. `before` and `after` hold ids and digests, never personal data; `duration_ms` is whole."""

    operation_id: UUID
    at: Moment
    command: str
    arguments: dict[str, str]
    actor: str
    reason: str | None
    tenant_id: str | None
    outcome: Outcome
    duration_ms: int
    before: dict[str, object]
    after: dict[str, object]
    tool_version: str


class OperationList(ListResult[Operation]):
    """Operations, newest first."""
