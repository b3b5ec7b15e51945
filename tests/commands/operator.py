"""Somebody at a keyboard: runs `sentinai …` in this process, on a terminal or in a pipe."""

import io
import json
import sys
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sentinai_cli.cli.run import run
from sentinai_cli.cli.runtime import Runtime
from sentinai_cli.models.database_url import DatabaseUrl
from tests.cli.conftest import Terminal


@dataclass(frozen=True)
class Ran:
    """What a run of the command line came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as the one JSON document that it is."""
        return json.loads(self.out)

    @property
    def failure(self) -> dict[str, Any]:
        """The error of a run with `-o json`: the last line of standard error."""
        told = json.loads(self.err.splitlines()[-1])
        assert set(told) == {"code", "what", "why", "fix", "exit"}
        assert told["exit"] == self.code
        return dict(told)


@dataclass(frozen=True)
class Operator:
    """Call it with the words of a command line.

    `environ` is all that the settings see of the environment; `now` stops the clock.
    """

    monkeypatch: pytest.MonkeyPatch
    cwd: Path
    environ: dict[str, str] = field(default_factory=dict)
    now: datetime | None = None

    def __call__(self, *words: str, terminal: bool = False, answers: str | None = None, piped: bytes = b"") -> Ran:
        """`answers` are typed on a terminal, which then shows the questions; else `piped` is standard input."""
        out, err = io.BytesIO(), io.BytesIO()
        typing = answers is not None
        for name, stream, is_terminal in (
            ("stdin", io.BytesIO(piped if answers is None else answers.encode()), typing),
            ("stdout", out, terminal),
            ("stderr", err, terminal or typing),
        ):
            kind = Terminal if is_terminal else io.TextIOWrapper
            self.monkeypatch.setattr(sys, name, kind(stream, encoding="utf-8"))
        runtime = Runtime(environ=self.environ, cwd=self.cwd, clock=lambda: self.now or datetime.now(UTC))
        code = run(list(words), runtime=runtime)
        sys.stdout.flush()
        sys.stderr.flush()
        return Ran(code, out.getvalue().decode(), err.getvalue().decode())

    def at(self, url: DatabaseUrl) -> "Operator":
        """The same operator, with this database configured."""
        return self.given(SENTINAI_DATABASE_URL=url.text)

    def given(self, **environ: str) -> "Operator":
        """The same operator, with these variables too."""
        return replace(self, environ={**self.environ, **environ})

    def journal(self) -> list[dict[str, Any]]:
        """The operator journal, newest first."""
        return list(self("operations", "list", "-o", "json").document["items"])
