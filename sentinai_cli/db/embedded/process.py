"""Which processes are a server's own, proven by where they work and never by a number read from a file.

PostgreSQL's processes make the data directory their working directory. A recycled number, a zombie or a file left by
a crash cannot pass for that, and it does not move with the clock. /proc tells it on Linux; elsewhere lsof does, which
macOS ships. psutil would tell both, but is not there when a system PostgreSQL is used without the `embedded` extra.
"""

import os
import subprocess
from pathlib import Path

from sentinai_cli.errors import Unavailable

_PROC = Path("/proc")
_PROGRAM = "postgres"


def residents(directory: Path) -> dict[int, int]:
    """The living PostgreSQL processes that work in `directory`, each with its parent. Zombies are not living."""
    try:
        there = directory.stat()
    except OSError:
        return {}
    if _PROC.is_dir():
        numbers = (int(entry.name) for entry in os.scandir(_PROC) if entry.name.isdigit())
        return {number: parent for number in numbers if (parent := _parent_in(number, there)) is not None}
    return residents_listed(_listing(), device=there.st_dev, inode=there.st_ino)


def recorded_postmaster(postmaster_file: Path) -> int | None:
    """The process that a postmaster.pid names, if that file is whole enough to name one. Proves nothing."""
    try:
        first = postmaster_file.read_bytes().partition(b"\n")[0].strip()
    except FileNotFoundError:
        return None
    return int(first) if first.isdigit() and len(first) <= 10 else None


def residents_listed(listing: str, *, device: int, inode: int) -> dict[int, int]:
    """Read `lsof -FpRDi`: a line for each field, its first letter naming it, a process before its directory."""
    found: dict[int, int] = {}
    number, parent, its_device = 0, 0, -1
    for line in listing.splitlines():
        field, value = line[:1], line[1:]
        if field == "p":
            number, parent, its_device = int(value), 0, -1
        elif field == "R":
            parent = int(value)
        elif field == "D":
            its_device = int(value, 16)
        elif field == "i" and its_device == device and int(value) == inode:
            found[number] = parent
    return found


def _parent_in(number: int, there: os.stat_result) -> int | None:
    process = _PROC / str(number)
    try:
        if not os.path.samestat((process / "cwd").stat(), there):
            return None
        name, _, rest = (process / "stat").read_text(errors="replace").partition("(")[2].rpartition(")")
    except OSError:  # gone, a zombie, or somebody else's, which a server of ours never is
        return None
    return int(rest.split()[1]) if name.startswith(_PROGRAM) else None


def _listing() -> str:
    try:
        return subprocess.run(
            ["lsof", "-a", "-d", "cwd", "-c", _PROGRAM, "-FpRDi"], capture_output=True, text=True, check=False
        ).stdout
    except FileNotFoundError:
        raise Unavailable(
            "embedded_processes_unknown", "lsof is needed to tell the embedded server's processes", fix="which lsof"
        ) from None
