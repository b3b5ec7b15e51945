"""The operator journal: who did what to which target, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.result import ListResult


class Outcome(StrEnum):
    DONE = "done"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class Operation(Model):
    """One journal entry. `before` and `after` hold ids and digests, never personal data; `duration_ms` is whole.

    With `reads` the command only looked, at all tenants or to export; then `arguments` is empty, since what somebody
    looked for may be personal data, and `after` has the digest of it.
    """

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
    reads: bool = False


class OperationFilter(Model):
    """Which operations. Empty tuples and None do not restrict; `since` is inclusive, `until` exclusive.

    A command is all of it or its first words: `exceptions` is every command of the group. `reads` asks for readings
    alone; without it none is there.
    """

    actors: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    tenant_id: str | None = None
    since: Moment | None = None
    until: Moment | None = None
    reads: bool = False


@dataclass(frozen=True, slots=True)
class OperationKey:
    """Where a page ended."""

    at: datetime
    operation_id: UUID


class OperationList(ListResult[Operation]):
    """Operations, newest first."""
