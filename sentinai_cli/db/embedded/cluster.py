"""Making the data directory: beside its place, then renamed into it, so that it is whole or not there."""

import shutil
import tempfile
import time
from pathlib import Path
from shlex import quote

from sentinai_cli.db.embedded.account import Account
from sentinai_cli.db.embedded.execution import run_as
from sentinai_cli.db.embedded.home import closed_directory, elsewhere, give
from sentinai_cli.db.embedded.layout import Layout
from sentinai_cli.db.embedded.programs import Programs, Version, shell_would_execute
from sentinai_cli.db.embedded.settings import ROLE, locale_arguments
from sentinai_cli.errors import Refused, SentinaiError, Unavailable

_UNFINISHED = ".embedded-init-"
_REMOVAL_SECONDS = 5.0


def make_cluster(layout: Layout, programs: Programs, version: Version, account: Account) -> None:
    """Make the data directory. To be called under the lock. Raises Refused or Unavailable, leaving nothing behind."""
    initdb = programs.path("initdb")
    if shell_would_execute(initdb):
        raise Refused(
            "embedded_programs_unusable",
            f"initdb would hand its own path to a shell, which would execute part of it: {initdb}",
            fix=f"SENTINAI_PG_BIN=/usr/lib/postgresql/{version.major}/bin sentinai db start",
        )
    unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=layout.home))
    try:
        give(unfinished, account)
        _initdb(layout, initdb, unfinished, version, account)
        unfinished.rename(layout.data)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def remove_unfinished(layout: Layout) -> None:
    """Remove what a killed process left of its making. An initdb that outlived it fails once its files are gone."""
    deadline = time.monotonic() + _REMOVAL_SECONDS
    while (leftovers := list(layout.home.glob(f"{_UNFINISHED}*"))) and time.monotonic() < deadline:
        for leftover in leftovers:
            shutil.rmtree(leftover, ignore_errors=True)
        time.sleep(0.01)


def check_major(layout: Layout, version: Version) -> None:
    """Raises Unavailable when the data was made by another major version of PostgreSQL, or is no such data."""
    try:
        made_by = (layout.data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise Unavailable(
            "embedded_data_incomplete",
            f"{layout.data} exists and is not a PostgreSQL data directory",
            why="it holds no PG_VERSION",
            fix=f"ls -la {quote(str(layout.data))}",
        ) from None
    if made_by != str(version.major):
        raise Unavailable(
            "embedded_other_major",
            f"the data in {layout.data} was made by PostgreSQL {made_by}, the programs here are {version.text}",
            why="one major version of PostgreSQL cannot open the data of another",
            fix=f"SENTINAI_PG_BIN=/usr/lib/postgresql/{made_by}/bin sentinai db start",
        )


def unreachable(layout: Layout, path: Path, account: Account) -> SentinaiError | None:
    """The refusal that says which directory keeps the server's account out of `path` in the home, when one does."""
    closed = None if account.is_ours else closed_directory(path, account)
    if closed is None:
        return None
    return Refused(
        "embedded_home_unreachable",
        f"{account.name}, who runs PostgreSQL because it refuses root, cannot enter {closed}",
        fix=f"chmod o+x {quote(str(closed))}" if closed == layout.home else elsewhere(),
    )


def _initdb(layout: Layout, initdb: Path, target: Path, version: Version, account: Account) -> None:
    said = ""
    place = ["-D", str(target), "-U", ROLE, "--encoding=UTF8", "--data-checksums", "--no-instructions"]
    access = ["--auth-local=peer", "--auth-host=reject"]
    for locale in locale_arguments(version.major):
        done = run_as(account, initdb, *place, *access, *locale)
        if done.returncode == 0:
            return
        said = done.stdout
    raise unreachable(layout, target, account) or Unavailable(
        "embedded_start_failed",
        "PostgreSQL could not make its data directory",
        why=" ".join(said.split("\n")[-4:]).strip(),
        fix=elsewhere(),
    )
