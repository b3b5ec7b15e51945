"""What is known of a command before its work begins."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class OperationContext:
    """Who runs which command, and why. `arguments` are redacted already; `started_at` carries an offset.

    `home` is the directory of local state, where the first migration is written down too; None where nothing is.
    """

    command: str
    arguments: dict[str, str]
    actor: str
    reason: str | None
    started_at: datetime
    tool_version: str
    home: Path | None = None
