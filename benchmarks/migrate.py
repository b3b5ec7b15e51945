"""A migration that has nothing to do, side by side with `alembic current` on the same database.

Each round runs both once, so that a busy machine slows them alike; what counts is the ratio.
With --assert, exit 1 when it is above its limit.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 15
LIMIT = 1.3
TOP = Path(__file__).parents[1]


def milliseconds(command: list[str], environment: dict[str, str]) -> float:
    """Wall clock of one run, output thrown away."""
    began = time.perf_counter()
    subprocess.run(command, check=True, env=environment, cwd=TOP, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000


def main() -> int:
    binaries = Path(sys.executable).parent
    sentinai, alembic = str(binaries / "sentinai"), str(binaries / "alembic")
    with tempfile.TemporaryDirectory(prefix="sentinai-bench-", dir="/tmp") as place:
        Path(place).chmod(0o755)
        environment = {"PATH": os.defpath, "LANG": "C.UTF-8", "SENTINAI_HOME": str(Path(place) / "home")}
        subprocess.run([sentinai, "-q", "migrate"], check=True, env=environment, stdout=subprocess.DEVNULL)
        commands = {"alembic current": [alembic, "current"], "sentinai migrate": [sentinai, "migrate"]}
        taken: dict[str, list[float]] = {name: [] for name in commands}
        try:
            for _ in range(ROUNDS + 1):
                for name, command in commands.items():
                    taken[name].append(milliseconds(command, environment))
        finally:
            subprocess.run([sentinai, "-q", "db", "stop"], check=True, env=environment, stdout=subprocess.DEVNULL)
    medians = {name: statistics.median(times[1:]) for name, times in taken.items()}
    print(f"nothing to migrate, median of {ROUNDS} interleaved rounds, Python {sys.version.split()[0]}\n")
    for name, median in medians.items():
        print(f"{name:<20}{median:>8.1f} ms{median / medians['alembic current']:>8.2f}")
    over = medians["sentinai migrate"] / medians["alembic current"] > LIMIT
    print(f"\nlimit {LIMIT}: {'over' if over else 'kept'}")
    return int(over and "--assert" in sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
