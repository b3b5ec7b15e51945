"""Draw docs/demo.svg: what `sentinai demo` really prints on a terminal, recorded by Rich.

Run it with a `sentinai` on the PATH; it uses an embedded server of its own, which it stops. Not part of the checks: the
demo's data is as of the moment it is made.
"""

import io
import os
import pty
import shutil
import subprocess
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLUMNS = 124
COMMANDS = ("sentinai demo", "sentinai exceptions stats --tenant TENANT_FINANCE_001")
PICTURE = Path(__file__).parent / "demo.svg"


def main() -> None:
    """Record and draw."""
    place = Path("/tmp/sentinai")  # noqa: S108 - a short path, for the picture; mkdir refuses one that is there
    place.mkdir(mode=0o755)
    try:
        surroundings = {
            "PATH": os.environ["PATH"],
            "HOME": str(place),
            "SENTINAI_HOME": f"{place}/home",
            "TERM": "xterm-256color",
            "COLUMNS": str(COLUMNS),
        }
        console = Console(record=True, width=COLUMNS, file=io.StringIO())
        try:
            for command in COMMANDS:
                console.print(Text.assemble(("$ ", "green"), (command, "bold")))
                console.print(Text.from_ansi(_on_a_terminal(command, surroundings)))
        finally:
            subprocess.run(["sentinai", "db", "stop"], env=surroundings, check=True, capture_output=True)
        drawn = console.export_svg(title="sentinai demo")
        # Not every viewer keeps the spaces that a piece of text begins with unless it is told to.
        PICTURE.write_text(drawn.replace("<svg ", '<svg xml:space="preserve" ', 1), encoding="utf-8")
    finally:
        shutil.rmtree(place)


def _on_a_terminal(command: str, surroundings: dict[str, str]) -> str:
    """What the command writes to standard output when that is a terminal."""
    master, slave = pty.openpty()
    with subprocess.Popen(command.split(), stdout=slave, stderr=subprocess.DEVNULL, env=surroundings) as running:
        os.close(slave)
        written = b""
        try:
            while chunk := os.read(master, 65536):
                written += chunk
        except OSError:  # Linux says so when the other end has closed
            pass
        finally:
            os.close(master)
        if running.wait() != 0:
            raise SystemExit(f"{command} failed")
    return written.decode().replace("\r\n", "\n")


if __name__ == "__main__":
    main()
