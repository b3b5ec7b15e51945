"""Asking before something cannot be taken back. Harmless commands never ask."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from sentinai_cli.cli.ink import Ink
from sentinai_cli.errors import Refused
from sentinai_cli.render.text import safe


def read_line(question: str) -> str | None:
    """Ask on standard error and read one line from the terminal; None when there is nobody to answer."""
    if sys.stdin is None or not sys.stdin.isatty() or not sys.stderr.isatty():
        return None
    sys.stderr.write(question)
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):  # Ctrl-D leaves the cursor beside the question
        sys.stderr.write("\n")
    return answer.strip()


@dataclass(frozen=True)
class Asking:
    """How to ask. With `no_input` nobody is asked, and what is missing is refused at once, naming the flag.

    `production` is the name of a profile whose target is a production one. A name confirms there only together with
    that of the profile, as in `live/TENANT_FINANCE_001`: a line copied from a script for another target does nothing.
    """

    no_input: bool = False
    production: str | None = None
    read: Callable[[str], str | None] = read_line

    def agreement(self, question: str, *, yes: bool) -> None:
        """Return when `yes` was given or the answer is y; raise Refused otherwise. `question` has no mark."""
        if yes:
            return
        answer = self._answer(f"{Ink(sys.stderr)('caution', safe(question) + '?')} [y/N] ")
        if answer is None:
            raise Refused("not_confirmed", f"{question}: nobody is there to answer", why="give --yes to agree")
        if answer.lower() not in ("y", "yes"):
            raise Refused("not_confirmed", "not confirmed, nothing was changed")

    def name(self, deed: str, name: str, *, given: str | None) -> None:
        """Return when `given` (from --confirm) or what is typed is exactly `name`; raise Refused otherwise.

        `deed` says what will happen, as in "erase every exception of T". `--yes` is not enough for this.
        """
        if self.production is not None:
            deed, name = f"{deed}, in production ({self.production})", f"{self.production}/{name}"
        ink = Ink(sys.stderr)
        if given is None:
            ask = f"{ink('danger', ' ' + safe(deed) + ' ')}\nType {ink('strong', safe(name))} to go on: "
            given = self._answer(ask)
            if given is None:
                why = f"give --confirm with the exact name {name}"
                raise Refused("not_confirmed", f"{deed}: nobody is there to confirm it", why=why)
        if given != name:
            raise Refused("wrong_confirmation", f"{given[:80]!r} is not {name!r}, nothing was changed")

    def _answer(self, question: str) -> str | None:
        return None if self.no_input else self.read(question)
