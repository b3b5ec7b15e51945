"""What is remembered of deliveries through the platform's API: the moment that counts as now, for each of them.

JSON lines in `deliveries.jsonl` of the home directory; nothing else knows, since no database takes part.
"""

import json
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sentinai_cli.models.event_hash import canonical_time

NAME = "deliveries.jsonl"


class Deliveries:
    """The deliveries that were begun from here. `say` hears when one cannot be remembered; that is no failure."""

    def __init__(self, home: Path, *, say: Callable[[str], None]) -> None:
        self._path = home / NAME
        self._say = say

    def as_of(self, url: str, identity: str) -> datetime | None:
        """Of the first delivery of a run to a platform; None when there was none. Broken lines are passed over."""
        try:
            lines = self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return None
        for line in lines:
            try:
                entry = json.loads(line)
                if (entry["url"], entry["run"]) == (url, identity):
                    return datetime.fromisoformat(entry["as_of"])
            except (ValueError, KeyError, TypeError):
                continue
        return None

    def remember(self, url: str, identity: str, as_of: datetime) -> None:
        """Keep the moment, before the first record is sent."""
        line = json.dumps({"url": url, "run": identity, "as_of": canonical_time(as_of)}).encode() + b"\n"
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            try:
                os.write(file, line)
                os.fsync(file)
            finally:
                os.close(file)
        except OSError as error:
            again = f"give --as-of {as_of.isoformat()} to finish it"
            self._say(f"{self._path} was not written ({error.strerror}): if this delivery is cut off, {again}")
