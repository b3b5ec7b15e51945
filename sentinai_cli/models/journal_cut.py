"""Cutting the oldest entries off the operator journal."""

from typing import Literal

from sentinai_cli.models.base import Model, Moment
from sentinai_cli.models.erasure import ExportedFile

JOURNAL = "operations.jsonl"


class JournalManifest(Model):
    """What an export of the journal holds: every entry before `until`, as JSON lines, the oldest first."""

    format: Literal["sentinai.journal.v1"] = "sentinai.journal.v1"
    database: Moment
    until: Moment
    actor: str
    reason: str | None
    files: tuple[ExportedFile, ...]
    exported_at: Moment
    tool_version: str


class JournalCut(Model):
    """What went: `entries` from before `until`, which stand in the directory `export`; None when none went."""

    until: Moment
    entries: int
    export: str | None
    sha256: str | None
