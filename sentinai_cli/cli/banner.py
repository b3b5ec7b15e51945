"""The line that names the target before something is changed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TextIO

from sentinai_cli.cli.fold import folded
from sentinai_cli.cli.ink import Ink

if TYPE_CHECKING:
    from sentinai_cli.models.database import Target

_TONES = {"production": "danger", "staging": "caution", "development": "calm"}


def banner(target: "Target", *, production: bool, clean: Callable[[str], list[str]], stream: TextIO) -> str:
    """The target with what it is marked as in its colour.

    `production`: the profile says that it is a production one, whatever the database is marked as; the graver counts.
    `clean` makes text safe for a terminal.
    """
    ink = Ink(stream)
    mark = target.environment.value if target.environment else "environment not marked"
    tone = _TONES.get(mark, "note")
    if production and tone != "danger":
        mark, tone = f"production by its profile ({mark})", "danger"
    revision = f"revision {target.revision}" if target.revision else "no schema yet"
    rest = f", profile {target.profile}, {revision}, PostgreSQL {target.server_version}, {target.database}"
    head = f"target: {mark}"
    said = folded(head + " ".join(clean(rest)), stream)
    return f"{ink('note', 'target: ')}{ink(tone, mark)}{ink('note', said.removeprefix(head))}\n"
