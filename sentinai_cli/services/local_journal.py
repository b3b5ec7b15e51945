"""A journal beside the program, for acts after which the database's own journal is new or gone.

JSON lines in `journal.jsonl` of the home directory, for its owner's eyes: the first migration, a reset, a restore.
"""

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from sentinai_cli.models.operation_context import OperationContext

NAME = "journal.jsonl"


def append_local(
    home: Path,
    context: OperationContext,
    *,
    database: str,
    say: Callable[[str], None],
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Add one line. `database` is the address as it may be shown, without a password.

    A home that cannot be written is a note to `say`, never a failure: the act itself is done.
    """
    entry = {
        "at": datetime.now(UTC).isoformat(),
        "command": context.command,
        "arguments": context.arguments,
        "actor": context.actor,
        "reason": context.reason,
        "database": database,
        "before": dict(before or {}),
        "after": dict(after or {}),
        "tool_version": context.tool_version,
    }
    line = json.dumps(entry, ensure_ascii=True).encode() + b"\n"
    try:
        _make(home)
        file = os.open(home / NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            os.write(file, line)
            os.fsync(file)
        finally:
            os.close(file)
    except OSError as error:
        say(f"the local journal {home / NAME} was not written: {error.strerror}")


def _make(home: Path) -> None:
    """As the embedded server makes it: root's may be entered, not read, by the server's account."""
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
