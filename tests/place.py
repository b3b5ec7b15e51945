"""Directories for the servers of tests, and the end of every server in them, whatever became of the test."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sentinai_cli.db.embedded.launch import Launch
from sentinai_cli.db.embedded.layout import Layout
from sentinai_cli.db.embedded.process import residents


def _serves(folder: str) -> bool:
    if not os.access(folder, os.W_OK):
        return False
    there = os.statvfs(folder)
    return there.f_frsize * there.f_bavail > 2**31 and not there.f_flag & getattr(os, "ST_NOEXEC", 0)


PARENT = "/dev/shm" if _serves("/dev/shm") else "/tmp"
"""Memory where there is enough of it: a server of a test is 46 MB of files, and a clone of a database 10."""


@contextmanager
def new_place() -> Iterator[Path]:
    """A directory that every account can reach, unlike pytest's private ones when run as root."""
    place = Path(tempfile.mkdtemp(prefix="sentinai-test-", dir=PARENT)).resolve()
    place.chmod(0o711)  # the server's account reaches its data through it
    try:
        yield place
    finally:
        end_servers(place)
        shutil.rmtree(place)


def end_servers(place: Path) -> None:
    """End every server whose data lies below `place`, and what it keeps elsewhere."""
    for data in [*place.rglob("data"), *place.rglob(".embedded-init-*")]:
        while found := residents(data):
            for number in found:
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
            time.sleep(0.005)
        outside = Layout.of(data.parent).socket_directory
        if place not in outside.parents:
            shutil.rmtree(outside, ignore_errors=True)
    Launch.reap()
