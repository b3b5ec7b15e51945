"""The life of the embedded server: made, started, found again, stopped; by any number of processes at once."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from sentinai_cli.db.embedded import connection, home
from sentinai_cli.db.embedded.account import OWN_ACCOUNT, account_name, find_account
from sentinai_cli.db.embedded.connection import Readiness
from sentinai_cli.db.embedded.launch import Launch
from sentinai_cli.db.embedded.layout import PORT, Layout
from sentinai_cli.db.embedded.lock import exclusive
from sentinai_cli.db.embedded.process import recorded_postmaster, residents
from sentinai_cli.db.embedded.programs import find_programs, find_wheel
from sentinai_cli.db.embedded.settings import DATABASE, ROLE
from sentinai_cli.errors import Unavailable
from sentinai_cli.models.database import EmbeddedStatus
from sentinai_cli.models.database_url import DatabaseUrl

_START_SECONDS = 120.0
"""Crash recovery after a long load takes this long on a slow disk; the server goes on after we gave up waiting."""
_STOP_SECONDS = 60.0
_LOCK_SECONDS = _START_SECONDS + 30.0


def silent(_: str) -> None:
    """Say nothing."""


class EmbeddedServer:
    """One private PostgreSQL server, told by its home directory; it lives on until `stop`, whatever its callers do.

    Nothing happens on construction. Every method may raise Refused when the home belongs to somebody else, and
    InvalidInput when home, account or programs cannot be used as named. `say` gets a sentence for what takes time or
    changes the machine. Methods may be called by any number of processes and threads at once.
    """

    def __init__(
        self, home: Path, *, os_user: str | None = None, pg_bin: Path | None = None, say: Callable[[str], None] = silent
    ) -> None:
        self._home = home
        self._os_user = os_user
        self._pg_bin = pg_bin
        self._say = say

    def ensure(self) -> DatabaseUrl:
        """Find the server running, or start it, making its data first if there is none. Superuser, no password.

        Raises Unavailable: not installed, nowhere to write, another major version's data, no start, no answer.
        """
        if not self._is_ready():
            home.make_home(self._layout)
            with home.storage(self._layout.home), exclusive(self._layout.lock, seconds=_LOCK_SECONDS):
                self._bring_up()
        return self._address()

    def url(self) -> DatabaseUrl | None:
        """What `ensure` returns, None when the server is not running. Starts nothing."""
        return self._address() if self._is_ready() else None

    def stop(self) -> bool:
        """Stop the server, ending the sessions in it; False when it was not running.

        Only a process proven to serve this home's data is signalled. Raises Unavailable when it does not end in time;
        it is never killed.
        """
        if not home.check_home(self._layout):
            return False
        with home.storage(self._layout.home), exclusive(self._layout.lock, seconds=_LOCK_SECONDS):
            number = self._postmaster()
            if number is None:
                self._refuse_unproven()
                return False
            with suppress(ProcessLookupError):  # it ended by itself
                os.kill(number, signal.SIGINT)
            self._await_end(number)
            if self._layout.socket_directory.parent != self._layout.home:
                with suppress(OSError):  # what else is in it is not ours to remove
                    self._layout.socket_directory.rmdir()
        return True

    def status(self) -> EmbeddedStatus:
        """What is there. Starts and makes nothing; a server that recovers is running, but has no version yet."""
        exists = home.check_home(self._layout)
        listening = exists and self._is_reachable()
        number = self._postmaster() if exists else None
        facts = connection.facts(self._layout) if listening else None
        return EmbeddedStatus(
            running=listening or number is not None,
            home=str(self._layout.home),
            data_directory=str(self._layout.data),
            socket_directory=str(self._layout.socket_directory),
            os_user=self._account_name(),
            version=facts and facts.version,
            pid=number,
            started_at=facts and facts.started_at,
            size_bytes=facts and facts.size_bytes,
        )

    def log_path(self) -> Path:
        """Where the server's log is or will be; the one before it, kept when it grew large, ends in `.1`."""
        return self._layout.log

    def binary(self, name: str) -> Path:
        """A client program of the same PostgreSQL, such as `psql`; NotFound when it came without that program.

        Run it with `environment.client_environment`: `PG*` variables would redirect it.
        """
        return find_programs(self._pg_bin, wheel=find_wheel(), path=os.environ.get("PATH")).path(name)

    @cached_property
    def _layout(self) -> Layout:
        return Layout.of(self._home)

    def _address(self) -> DatabaseUrl:
        return DatabaseUrl(host=str(self._layout.socket_directory), port=PORT, user=ROLE, database=DATABASE)

    def _is_ready(self) -> bool:
        return (
            home.check_home(self._layout)
            and self._is_reachable()
            and connection.readiness(self._layout) is Readiness.READY
        )

    def _is_reachable(self) -> bool:
        """Whether somebody listens; the way there is proven private first, as anybody may listen in /tmp."""
        owner = home.data_owner(self._layout)
        if owner is None or not self._layout.socket_directory.exists():
            return False
        home.check_private(self._layout.socket_directory, owner)
        with home.storage(self._layout.home):
            return connection.is_listening(self._layout)

    def _bring_up(self) -> None:
        """Wait for the server, starting it when nobody does. The lock is held."""
        launch: Launch | None = None
        began, pause, told = time.monotonic(), 0.005, False
        while True:
            state = connection.readiness(self._layout) if self._is_reachable() else Readiness.ABSENT
            if state is Readiness.NO_DATABASE:
                connection.make_database(self._layout)
            if state in (Readiness.NO_DATABASE, Readiness.READY):
                return
            if launch is not None:
                launch.check()
            elif state is Readiness.ABSENT and self._postmaster() is None:
                launch = Launch.start(self._layout, os_user=self._os_user, pg_bin=self._pg_bin, say=self._say)
            waited = time.monotonic() - began
            if waited > _START_SECONDS:
                raise Unavailable(
                    "embedded_start_slow",
                    f"the embedded server is not ready after {_START_SECONDS:.0f} seconds; it goes on starting",
                    fix="sentinai db logs",
                )
            if waited > 3 and not told:
                self._say("waiting for the embedded server, which recovers what its last run left")
                told = True
            time.sleep(pause)
            pause = min(pause * 1.5, 0.25)

    def _postmaster(self) -> int | None:
        """The server's main process: the recorded one if it works in the data, else the head of those who do."""
        found = residents(self._layout.data)
        recorded = recorded_postmaster(self._layout.postmaster_file)
        if recorded in found:
            return recorded
        heads = [number for number, parent in found.items() if parent not in found]
        return heads[0] if len(heads) == 1 and self._is_reachable() else None

    def _refuse_unproven(self) -> None:
        if self._is_reachable():
            raise Unavailable(
                "embedded_process_unproven",
                "the embedded server answers, but none of the processes seen here is proven to be it",
                why="it may run in another container that shares the directory",
                fix="sentinai db status",
            )

    def _await_end(self, number: int) -> None:
        deadline = time.monotonic() + _STOP_SECONDS
        while number in residents(self._layout.data):
            if time.monotonic() > deadline:
                raise Unavailable(
                    "embedded_stop_slow",
                    f"the embedded server (process {number}) has been told to stop and is still stopping",
                    fix="sentinai db status",
                )
            time.sleep(0.01)
        Launch.reap()

    def _account_name(self) -> str:
        owner = home.data_owner(self._layout)
        if owner is None and os.geteuid() != 0:
            owner = os.geteuid()
        if owner is not None:
            return account_name(owner)
        found = find_account(self._os_user, None)
        return found.name if found else OWN_ACCOUNT
