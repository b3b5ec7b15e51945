"""PostgreSQL's own programs, pg_dump and pg_restore: which one to take, and how to run it without showing a secret."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sentinai_cli.db.embedded.programs import SYSTEM_PLACES, find_wheel
from sentinai_cli.db.program_environment import client_environment
from sentinai_cli.errors import Conflict, NotFound, Refused, SentinaiError, Unavailable
from sentinai_cli.models.database_url import DatabaseUrl

_VERSION = re.compile(r"PostgreSQL\) (\d+)(\S*)")
_SECONDS_TO_END = 10.0


@dataclass(frozen=True)
class ClientProgram:
    path: Path
    major: int
    version: str


def find_client(
    name: str,
    *,
    least: int,
    best: int,
    encrypted: bool,
    pg_bin: Path | None = None,
    places: Callable[[str, Path | None, bool], list[Path]] | None = None,
) -> ClientProgram:
    """The program of major version `best` or the nearest above it, else the newest from `least` on.

    `encrypted` leaves out the embedded wheel's programs, which do not speak TLS. Raises NotFound `program_not_found`.
    """
    found = [
        ClientProgram(path, *version)
        for path in (places or _places)(name, pg_bin, encrypted)
        if (version := _version(path)) is not None and version[0] >= least
    ]
    if not found:
        tls = " that speaks TLS, which the embedded server's does not" if encrypted else ""
        raise NotFound(
            "program_not_found",
            f"there is no {name} of PostgreSQL {least} or newer{tls} on this machine",
            why="it comes with PostgreSQL's client programs; SENTINAI_PG_BIN names a directory that has it",
            fix=f"apt-get install postgresql-client-{least}",
        )
    above = [program for program in found if program.major >= best]
    if above:
        return min(above, key=lambda program: program.major)
    return max(found, key=lambda program: program.major)


def run_client(
    program: ClientProgram,
    *arguments: str,
    url: DatabaseUrl,
    private: bool,
    application_name: str,
    answer_timeout: float | None = None,
    is_silent: Callable[[], bool] = lambda: False,
    environ: Mapping[str, str] = os.environ,
) -> None:
    """Run the program on `url` to its end. No secret is among its arguments, and it never asks for one.

    `private` is for the embedded server: the `PG*` variables of the surroundings mean some other server. Each
    `answer_timeout` seconds `is_silent` is asked whether the server still lives: the program itself would wait for
    ever. Raises Refused, Conflict or Unavailable, with the program's last words. Whatever interrupts us ends the
    program too.
    """
    variables = client_environment(environ) if private else dict(environ)
    variables |= {"LC_ALL": "C", "PGAPPNAME": application_name[:63]}
    with _address(url, variables) as address:
        running = subprocess.Popen(
            [program.path, "--no-password", f"--dbname={address}", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env=variables,
            start_new_session=True,  # an interrupt at the terminal is ours to handle
        )
        try:
            said = _words(running, answer_timeout, is_silent)
        except BaseException:
            _end(running)
            raise
    if running.returncode != 0:
        raise _explained(program, said)


@contextmanager
def _address(url: DatabaseUrl, variables: dict[str, str]) -> Iterator[str]:
    """The URL without its secrets: the password goes into `variables`, what has no variable into a private file."""
    if url.password is not None:
        variables["PGPASSWORD"] = url.password
    secret = {name: value for name, value in url.options.items() if value in url.secrets}
    options = {name: value for name, value in url.options.items() if name not in secret}
    if not secret:
        yield replace(url, password=None, options=options).text
        return
    with tempfile.NamedTemporaryFile("w", prefix="sentinai-", suffix=".conf") as service:  # made with mode 0600
        service.write("[sentinai]\n" + "".join(f"{name}={value}\n" for name, value in secret.items()))
        service.flush()
        variables["PGSERVICEFILE"] = service.name
        yield replace(url, password=None, options={**options, "service": "sentinai"}).text


def _places(name: str, pg_bin: Path | None, encrypted: bool) -> list[Path]:
    if pg_bin is not None:
        return [pg_bin / name]
    wheel = find_wheel()
    folders = [folder for pattern in SYSTEM_PLACES for folder in sorted(Path("/").glob(pattern[1:]))]
    if wheel is not None and not encrypted:
        folders.insert(0, wheel / "pginstall" / "bin")
    on_path = shutil.which(name)
    paths = [folder / name for folder in folders] + ([Path(on_path)] if on_path else [])
    return [path for path in paths if path.is_file() and os.access(path, os.X_OK)]


def _version(path: Path) -> tuple[int, str] | None:
    try:
        said = subprocess.run(
            [path, "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError:
        return None
    told = _VERSION.search(said.stdout) if said.returncode == 0 else None
    return (int(told[1]), told[1] + told[2]) if told else None


def _words(running: "subprocess.Popen[str]", answer_timeout: float | None, is_silent: Callable[[], bool]) -> str:
    """What the program says until it ends."""
    while True:
        try:
            return running.communicate(timeout=answer_timeout)[1]
        except subprocess.TimeoutExpired:
            if is_silent():
                running.kill()  # told to end, it would ask the server to cancel, and wait for that
                raise Unavailable(
                    "connection_lost",
                    "the database connection was lost",
                    why="the server does not answer any more",
                    fix="sentinai status",
                ) from None


def _end(running: "subprocess.Popen[str]") -> None:
    running.terminate()
    try:
        running.communicate(timeout=_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        running.kill()
        running.communicate()


def _explained(program: ClientProgram, said: str) -> SentinaiError:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line or line.startswith(("DETAIL", "HINT"))]
    why = " ".join(errors or lines[-2:])[:600] or None
    name = program.path.name
    if "permission denied" in said or "row-level security" in said or "must be owner" in said:
        return Refused("not_permitted", f"the database refused what {name} needs", why=why)
    if "lock timeout" in said:
        return Conflict("locked", "somebody else holds a table that the backup needs", why=why, fix="sentinai status")
    return Unavailable("client_program_failed", f"{name} {program.version} failed", why=why, fix="sentinai status")
