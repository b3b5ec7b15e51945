"""Run the command line in this process, with a tree of small commands that use the frame as real ones do."""

import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sentinai_cli.cli.app import root
from sentinai_cli.cli.lazy import Entry
from sentinai_cli.cli.run import run
from sentinai_cli.cli.runtime import Runtime

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TREE = {
    "probe": Entry("Look", "Commands that try the frame.", "tests.cli.probe"),
    "solo": Entry("Look", "A command without a group.", "tests.cli.solo"),
    "config": Entry("Tool", "Settings.", "sentinai_cli.cli.commands.config"),
}


HOMELESS = {"SENTINAI_HOME": "/dev/null/sentinai"}
"""Where no embedded server can be made: commands that try the frame need no database."""


@dataclass(frozen=True)
class Ran:
    """What a run of the command line came to."""

    code: int
    out: str
    err: str


Sentinai = Callable[..., Ran]


class Terminal(io.TextIOWrapper):
    """A stream in memory that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def sentinai(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sentinai]:
    """`sentinai("probe", "list", terminal=True, answers="y\\n", environ={...})`."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))
    monkeypatch.delenv("NO_COLOR", raising=False)

    def call(
        *arguments: str, terminal: bool = False, answers: str | None = None, environ: dict[str, str] | None = None
    ) -> Ran:
        kind = Terminal if terminal else io.TextIOWrapper
        out, err = io.BytesIO(), io.BytesIO()
        answering = Terminal if answers is not None else io.TextIOWrapper
        monkeypatch.setattr(sys, "stdin", answering(io.BytesIO((answers or "").encode()), encoding="utf-8"))
        monkeypatch.setattr(sys, "stdout", kind(out, encoding="utf-8"))
        monkeypatch.setattr(sys, "stderr", kind(err, encoding="utf-8"))
        runtime = Runtime(environ={**HOMELESS, **(environ or {})}, cwd=tmp_path, clock=lambda: NOW)
        code = run(list(arguments), runtime=runtime, tree=root(TREE))
        sys.stdout.flush()
        sys.stderr.flush()
        return Ran(code, out.getvalue().decode(), err.getvalue().decode())

    yield call
    monkeypatch.undo()
