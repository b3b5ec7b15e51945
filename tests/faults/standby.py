"""A copy of a running server that follows it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.embedded.account import find_account
from sentinai_cli.db.embedded.execution import run_as
from sentinai_cli.db.embedded.layout import Layout
from tests.conftest import connect
from tests.faults.brittle import Brittle
from tests.place import new_place


@contextmanager
def standby_of(primary: Brittle, *, complete: bool = True) -> Iterator[Brittle]:
    """A hot standby that streams from it, not started yet.

    One that is not `complete` lacks the end of its backup, and lets nobody in until `give_log` brings it.
    """
    with new_place() as place:
        made = Brittle(place / "home")
        made.start()
        made.stop()
        data = Layout.of(made.home).data
        _copy(primary, data, complete=complete)
        if not complete:
            (data / "standby.signal").touch()
            with (data / "postgresql.auto.conf").open("a") as settings:
                settings.write("wal_retrieve_retry_interval = '100ms'\n")
        yield made
        made.stop()


def give_log(primary: Brittle, made: Brittle) -> None:
    """Bring the write-ahead log that the backup lacks."""
    source, target = Layout.of(primary.home).data / "pg_wal", Layout.of(made.home).data / "pg_wal"
    owner = target.stat()
    for segment in source.iterdir():
        if len(segment.name) == 24:
            beside = target / f"{segment.name}.new"
            shutil.copyfile(segment, beside)
            os.chown(beside, owner.st_uid, owner.st_gid)
            beside.replace(target / segment.name)


def _copy(primary: Brittle, data: Path, *, complete: bool) -> None:
    source = Layout.of(primary.home)
    source.access_rules.write_text(f"{source.access_rules.read_text()}local replication all peer map=owner\n")
    with connect(primary.start()) as admin:
        admin.execute("SELECT pg_reload_conf()")
    for path in data.iterdir():
        shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    words = ["-h", str(source.socket_directory), "-U", "sentinai", "-D", str(data), "-c", "fast"]
    words += ["-R", "-X", "stream"] if complete else ["-X", "none", "--no-manifest"]
    program = EmbeddedServer(primary.home).binary("pg_basebackup")
    done = run_as(find_account(None, data.stat().st_uid), program, *words)
    assert done.returncode == 0, done.stdout
