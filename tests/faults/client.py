"""`sentinai` as a process of its own, at a database, with nothing of the surroundings."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil

from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.operator import Ran

SENTINAI = [sys.executable, "-c", "from sentinai_cli.cli.main import main; main()"]
TOP = Path(__file__).parents[2]
PATIENCE = 90.0
"""Seconds after which a command that should have ended is a failure, whatever it says."""


@dataclass(frozen=True)
class Client:
    """Call it with the words of a command line. Nothing it says may be a traceback, or hold a password."""

    place: Path
    url: DatabaseUrl
    environ: dict[str, str] = field(default_factory=dict)

    def __call__(self, *words: str, piped: str = "", patience: float = PATIENCE) -> Ran:
        with self.started(*words, stdin=subprocess.PIPE) as process:
            return self.ended(process, piped=piped, patience=patience)

    @contextmanager
    def started(
        self, *words: str, stdin: int = subprocess.DEVNULL, ignoring: str | None = None
    ) -> Iterator["subprocess.Popen[str]"]:
        """The process, which ends with the block at the latest; its shell ignores the signal `ignoring`."""
        with subprocess.Popen(
            [*(["sh", "-c", f'trap "" {ignoring}; exec "$@"', "sh"] if ignoring else []), *SENTINAI, *words],
            env=self._surroundings(),
            cwd=self.place,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def ended(self, process: "subprocess.Popen[str]", *, piped: str | None = None, patience: float = PATIENCE) -> Ran:
        """What it came to, within so many seconds."""
        out, err = process.communicate(piped, timeout=patience)
        ran = Ran(process.returncode, out, err)
        assert "Traceback" not in err, err
        assert not self.url.password or self.url.password not in out + err
        return ran

    def at(self, url: DatabaseUrl) -> "Client":
        return replace(self, url=url)

    def given(self, **environ: str) -> "Client":
        return replace(self, environ={**self.environ, **environ})

    def processes(self) -> list[psutil.Process]:
        """The living processes that this client has started, and those that they have."""
        return [process for process in psutil.process_iter() if _works_in(process, self.place)]

    @property
    def temporary(self) -> Path:
        """Where its temporary files are."""
        place = self.place / "tmp"
        place.mkdir(exist_ok=True)
        return place

    def _surroundings(self) -> dict[str, str]:
        places = {"HOME": self.place, "SENTINAI_HOME": self.place / "home", "TMPDIR": self.temporary, "PYTHONPATH": TOP}
        named = {name: str(place) for name, place in places.items()}
        return {"PATH": os.defpath, "DATABASE_URL": self.url.text, **named, **self.environ}


def _works_in(process: psutil.Process, place: Path) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == place
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
