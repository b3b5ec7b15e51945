"""Start-up, side by side: each round runs every command once, so that a busy machine slows them all alike.

What counts is the ratio to the `--help` of a two-command Typer script in the same environment.
With --assert, exit 1 when a ratio is above its limit, or a completion above its milliseconds.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 25
COMPLETION = "completion of a name"
LIMITS = {"sentinai --version": 0.5, "sentinai --help": 1.15, COMPLETION: 1.6}
COMPLETION_MS = 150
BASE = "typer script --help"
SCRIPT = """\
import typer

app = typer.Typer()


@app.command()
def hello(name: str, formal: bool = False) -> None:
    \"\"\"Say hello.\"\"\"


@app.command()
def goodbye(name: str, formal: bool = False) -> None:
    \"\"\"Say goodbye.\"\"\"


if __name__ == "__main__":
    app()
"""


def milliseconds(command: list[str], home: str) -> float:
    """Wall clock of one run, output thrown away."""
    environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "TERM": "dumb", "SENTINAI_HOME": home}
    began = time.perf_counter()
    subprocess.run(command, check=True, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000


def measure() -> dict[str, float]:
    """The median of each command, after one round that warms the caches."""
    with tempfile.TemporaryDirectory() as place:
        script = Path(place) / "script.py"
        script.write_text(SCRIPT)
        sentinai = str(Path(sys.executable).parent / "sentinai")
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "sentinai --version": [sentinai, "--version"],
            "sentinai --help": [sentinai, "--help"],
            COMPLETION: [sentinai, "__complete", "zsh", "sentinai", "exceptions", "list", "--tenant", ""],
            BASE: [sys.executable, str(script), "--help"],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS + 1):
            for name, command in commands.items():
                taken[name].append(milliseconds(command, place))
    return {name: statistics.median(times[1:]) for name, times in taken.items()}


def main() -> int:
    medians = measure()
    print(f"start-up, median of {ROUNDS} interleaved rounds, Python {sys.version.split()[0]}\n")
    print(f"{'command':<22}{'ms':>8}{'ratio':>8}{'limit':>8}")
    over = 0
    for name, median in medians.items():
        ratio = median / medians[BASE]
        limit = LIMITS.get(name)
        over += limit is not None and ratio > limit
        print(f"{name:<22}{median:>8.1f}{ratio:>8.2f}{limit or '':>8}")
    over += medians[COMPLETION] > COMPLETION_MS
    print(f"\n{COMPLETION}: at most {COMPLETION_MS} ms where nothing else runs")
    return int(over > 0 and "--assert" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
