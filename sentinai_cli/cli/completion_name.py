"""Live names for a shell, kept for a short while, so that completion never waits for a database.

What is there is answered with at once, however old. When it is old, another process of this program reads the names
anew behind the shell's back, within a deadline, and starts nothing that does not run. A target has a file of its own in
`completion/` of the home directory, for its owner alone: it holds names and no secret.
"""

import hashlib
import json
import os
import signal
import stat
import sys
import time
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from sentinai_cli.config import place
from sentinai_cli.resources import bundled

FRESH = 20.0
"""Seconds during which the names are not read again."""

DEADLINE = 10
"""Seconds after which a refresh is ended, whatever it waits for."""

REFRESH = "__names"
"""The hidden first word of a refresh: `sentinai __names PROFILE`."""

_PROGRAM = "from sentinai_cli.cli.main import main; main()"
_DAY = 86400
_LARGEST = 4 * 1024 * 1024
_OF_A_TARGET = ("SENTINAI_", "DATABASE_URL", "DB_", "PG")
_SECRET = ("PASSWORD", "API_KEY")


class Cache:
    """The names of one target, which is what flag, environment and files together say."""

    def __init__(self, *, profile: str | None, environ: Mapping[str, str], cwd: Path) -> None:
        self._profile = profile
        self._files = (cwd / "sentinai.toml", place.user_file())
        self._came_along = (cwd / "sentinai.toml").is_file() or (cwd / ".env").is_file()
        home = cwd / environ["SENTINAI_HOME"] if environ.get("SENTINAI_HOME") else place.default_home()
        told = [f"{name}={value}" for name, value in sorted(environ.items()) if _names_target(name)]
        digest = hashlib.sha256("\0".join([profile or "", str(home), *told]).encode("utf-8", "surrogateescape"))
        for file in (*self._files, cwd / ".env"):
            digest.update(b"\0" + _bytes(file))
        self._path = home / "completion" / f"{digest.hexdigest()[:32]}.json"

    def names(self, kind: str, tenant: str | None) -> Iterable[str]:
        """The names of a kind, of one tenant or of all. Asks for new ones when those that are there are old."""
        if kind == "profile":
            return self._profiles()
        if kind == "scenario":
            return sorted(path.stem for path in (bundled("seeds") / "scenarios").glob("*.json"))
        if self._is_old():
            self._ask_anew()
        return [name for name, owner in self._read().get(kind, ()) if tenant is None or owner in ("", tenant)]

    def trust(self) -> None:
        """Remember that a command has worked with the target.

        Files of a directory may name anybody's server. It is asked for names only after somebody has run a command
        there: the tab key alone, in a stranger's directory, must not connect to where its files lead.
        """
        if self._came_along:
            with suppress(OSError):
                self._make_directory()
                self._path.with_suffix(".known").touch(mode=0o600)

    def write(self, names: Mapping[str, object]) -> None:
        """Put new names in place of the old, whole or not at all."""
        self._make_directory()
        draft = self._path.with_suffix(f".{os.getpid()}")
        try:
            number = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                json.dump(names, file)
            draft.replace(self._path)
        finally:
            draft.unlink(missing_ok=True)
        for path in self._path.parent.iterdir():  # of targets that nobody works with any more
            if time.time() - path.stat().st_mtime > _DAY:
                path.unlink(missing_ok=True)

    def _make_directory(self) -> None:
        """Ours alone, or OSError. The home is made as the embedded server makes it, which root's account must enter."""
        home, directory = self._path.parents[1], self._path.parent
        home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
        found = directory.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise PermissionError(f"{directory} is not ours alone")

    def _read(self) -> dict[str, list[tuple[str, str]]]:
        """Only a file of our own counts, and only what has the shape of names."""
        try:
            number = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(number, "rb") as file:
                if os.fstat(number).st_uid != os.geteuid():
                    return {}
                held = json.loads(file.read(_LARGEST))
        except (OSError, ValueError, RecursionError):
            return {}
        if not isinstance(held, dict):
            return {}
        return {kind: list(_pairs(entries)) for kind, entries in held.items()}

    def _is_old(self) -> bool:
        """By the time of the last try, so that a database that is away is not asked at every key."""
        try:
            asked = self._path.with_suffix(".asked").stat().st_mtime
        except OSError:
            return True
        return not 0 <= time.time() - asked < FRESH

    def _ask_anew(self) -> None:
        """In a process that outlives this one and belongs to no terminal; what cannot be started is left."""
        import subprocess

        if self._came_along and not self._path.with_suffix(".known").exists():
            return
        with suppress(OSError):
            self._make_directory()
            self._path.with_suffix(".asked").touch(mode=0o600)
            subprocess.Popen(  # `-P`: the working directory may hold anybody's modules
                [sys.executable, "-P", "-c", _PROGRAM, REFRESH, self._profile or ""],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def _profiles(self) -> list[str]:
        found = {"embedded"}
        for path in self._files:
            with suppress(tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
                profiles = tomllib.loads(_bytes(path).decode("utf-8-sig")).get("profiles")
                found |= profiles.keys() if isinstance(profiles, dict) else set()
        return sorted(found)


def refresh(profile: str | None, *, environ: Mapping[str, str], cwd: Path) -> None:
    """Read the names of a target anew. The process ends itself when that takes longer than the deadline."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(DEADLINE)
    from sentinai_cli.cli.runtime import Runtime
    from sentinai_cli.services.completion import live_names

    cache = Cache(profile=profile, environ=environ, cwd=cwd)
    runtime = Runtime(environ=environ, cwd=cwd)
    runtime.shared.profile = profile
    runtime.shared.quiet = True
    if runtime.is_embedded and runtime.embedded.url() is None:
        return
    try:
        cache.write(live_names(runtime.database))
    finally:
        runtime.close()


def _names_target(name: str) -> bool:
    return name.startswith(_OF_A_TARGET) and not any(word in name for word in _SECRET)


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():  # opening a pipe would wait for a writer
            return b""
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError:
        return b""


def _pairs(entries: object) -> Iterable[tuple[str, str]]:
    for entry in entries if isinstance(entries, list) else ():
        match entry:
            case [str(name), str(owner)]:
                yield name, owner
