"""The schema's revisions: where a database stands among them, what was applied, and what differs."""

from enum import StrEnum

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.database import Environment, SchemaState
from sentinai_cli.models.result import ListResult


class MigrationResult(Model):
    """`applied` lists the revisions of this run, oldest first; empty when there was nothing to do.

    `repaired` lists the invalid indexes that were rebuilt, or dropped where the revision makes them anew.
    """

    before: str | None
    after: str
    applied: tuple[str, ...]
    environment: Environment
    repaired: tuple[str, ...] = ()


class Archive(Model):
    """Rows that a downgrade would have lost. `column` None means whole rows; `archive` is the table that keeps them."""

    table: str
    column: str | None
    rows: int
    archive: str


class MigrationReverted(Model):
    """`after` None is an empty database; `reverted` lists revisions, newest first."""

    before: str
    after: str | None
    reverted: tuple[str, ...]
    archives: tuple[Archive, ...]


class MigrationStatus(Model):
    """`head` is the newest revision that this tool knows; `next_command` what to do about the state, if anything."""

    state: SchemaState
    revision: str | None
    head: str
    pending: tuple[str, ...]
    detail: str
    next_command: str | None


class RevisionState(StrEnum):
    """`edited` means that another text was applied than the one this tool has; `unrecorded` that nobody noted it."""

    APPLIED = "applied"
    PENDING = "pending"
    EDITED = "edited"
    UNRECORDED = "unrecorded"
    UNKNOWN = "unknown"


class RevisionRecord(Model):
    """One revision. `title` None for a revision that this tool does not have; checksums are SHA-256, hex."""

    revision: str
    title: str | None
    state: RevisionState
    applied_at: Moment | None
    tool_version: str | None
    checksum: str | None
    applied_checksum: str | None


class MigrationHistory(ListResult[RevisionRecord]):
    """Every revision known here or there, oldest first."""


class DriftProblem(StrEnum):
    MISSING = "missing"
    UNEXPECTED = "unexpected"
    CHANGED = "changed"


class Drift(Model):
    """One object of the catalogue that is not as its revision leaves it. `kind` and `name` say which."""

    kind: str
    name: str
    problem: DriftProblem
    expected: str | None
    actual: str | None


class MigrationCheck(Model):
    """`drift` is None where there is nothing to compare with: a foreign database, or a revision unknown here."""

    status: MigrationStatus
    ok: bool
    drift: tuple[Drift, ...] | None
    history: tuple[RevisionRecord, ...]

    @property
    def summary(self) -> str:
        """What was found, in one sentence."""
        parts = [f"{one.kind} {one.name} is {one.problem.value}" for one in self.drift or ()]
        parts += [f"revision {one.revision} is {one.state.value}" for one in self.history]
        if self.status.state is not SchemaState.UP_TO_DATE:
            parts.insert(0, self.status.detail)
        more = f"; and {len(parts) - 3} more" if len(parts) > 3 else ""
        return "; ".join(parts[:3]) + more


class MigrationFile(Model):
    """A revision that was written for a developer to fill in."""

    revision: str
    path: str


class LintFinding(Model):
    """`line` counts from 1 in `source`, a file or a revision."""

    source: str
    line: int
    rule: str
    problem: str
    remedy: str


class MigrationLint(ListResult[LintFinding]):
    """What is dangerous about scripts; `statements` counts what was looked at."""

    statements: int
