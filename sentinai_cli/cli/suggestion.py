"""Did you mean: what is not there is often there under a name that differs by a letter."""

from difflib import get_close_matches
from typing import TYPE_CHECKING

from sentinai_cli.errors import NotFound, SentinaiError

if TYPE_CHECKING:
    from sentinai_cli.db.engine import Database

_KIND_OF = {
    "tenant_not_found": "tenant",
    "pack_not_found": "pack",
    "playbook_not_found": "playbook",
    "tool_not_found": "tool",
}


def add_nearest(error: NotFound, database: "Database") -> None:
    """Let `error` name up to three things that are there and look like what was named; without any it stays."""
    kind = _KIND_OF.get(error.code)
    if kind is None or error.named is None:
        return
    from sentinai_cli.services.completion import names_of

    try:
        known = [name for name, _ in names_of(database, kind)]
    except SentinaiError:
        return
    by_letters = {name.lower(): name for name in known}
    near = get_close_matches(error.named.lower(), by_letters, n=3, cutoff=0.7)
    if near:
        meant = f"did you mean {', '.join(by_letters[name] for name in near)}"
        error.why = f"{error.why}; {meant}" if error.why else meant
