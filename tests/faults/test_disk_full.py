"""A disk that is full ends work with one clear message, and once there is room again nothing is lost."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from psycopg import sql

from sentinai_cli.db.embedded.account import find_account
from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE
from tests.conftest import connect
from tests.faults.brittle import Brittle
from tests.faults.client import Client
from tests.faults.whole import assert_whole, digest, until
from tests.place import new_place

SEEDING = ["seed", "--tenant", FINANCE, "--as-of", AS_OF, "--count"]
ROOMLESS = {"server_full", "connection_lost", "database_unavailable"}


pytestmark = pytest.mark.slow


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A file system of its own that every account can reach."""
    with new_place() as place:
        disk = place / "disk"
        disk.mkdir()
        if sys.platform != "linux" or os.geteuid() != 0:
            pytest.skip("only root on Linux mounts a small disk")
        size = f"size={megabytes}m,mode=0711"
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk], capture_output=True, check=False)
        if made.returncode != 0:
            pytest.skip(f"no small disk can be mounted here: {made.stderr.decode().strip()}")
        try:
            yield disk
        finally:
            subprocess.run(["umount", disk], check=True)


@contextmanager
def filled(disk: Path, *, but: int = 0) -> Iterator[None]:
    """Leave no more than so many bytes of it, for as long as the block lasts."""
    ballast = disk / "ballast"
    free = shutil.disk_usage(disk).free
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(free - but, 1))
    try:
        yield
    finally:
        ballast.unlink()


@pytest.fixture
def narrow(brittle: Brittle, brittle_template: DatabaseUrl) -> Iterator[tuple[Path, DatabaseUrl]]:
    """A migrated database whose files lie on a small disk; the server's own files lie elsewhere."""
    with small_disk(64) as disk:
        place = disk / "tables"
        place.mkdir(mode=0o700)
        account = find_account(None, (brittle.home / "data").stat().st_uid)
        assert account is not None
        os.chown(place, account.uid, account.gid)
        name = f"narrow_{os.getpid()}"
        url = replace(brittle_template, database=name)
        with connect(brittle_template) as admin:
            admin.execute(sql.SQL("CREATE TABLESPACE narrow LOCATION {}").format(str(place)))
        with connect(replace(brittle_template, database="postgres")) as admin:
            make = "CREATE DATABASE {} TEMPLATE {} TABLESPACE narrow"
            known = sql.Identifier(name), sql.Identifier(str(brittle_template.database))
            admin.execute(sql.SQL(make).format(*known))
        try:
            yield disk, url
        finally:
            with connect(replace(brittle.start(), database="postgres")) as admin:
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
                admin.execute("DROP TABLESPACE narrow")


def test_tables_that_cannot_grow_end_a_load_and_nothing_of_it_is_lost(
    narrow: tuple[Path, DatabaseUrl], brittle: Brittle, brittle_template: DatabaseUrl, tmp_path: Path
) -> None:
    disk, url = narrow
    client = Client(tmp_path, url)
    assert client(*SEEDING, "600").code == 0
    before = digest(url)
    with filled(disk, but=2_000_000):
        ran = client(*SEEDING, "2500", "-q", "-o", "json")
        assert (ran.code, ran.failure["code"]) == (5, "server_full"), ran.err
        assert "No space left on device" in ran.failure["why"]
        assert len(ran.err.splitlines()) == 1
    with connect(url) as admin:
        kept = admin.execute("SELECT count(*) FROM exception").fetchone()
    assert kept is not None
    assert kept[0] >= before["exception"][0]
    assert_whole(client, url)
    ran = client(*SEEDING, "2500")
    assert ran.code == 0, ran.err
    assert_whole(client, url)
    with brittle.copy(brittle_template) as elsewhere:
        assert client.at(elsewhere)(*SEEDING, "2500").code == 0
        assert digest(url) == digest(elsewhere)


def test_a_migration_without_room_leaves_no_half_of_a_revision(
    narrow: tuple[Path, DatabaseUrl], tmp_path: Path
) -> None:
    disk, url = narrow
    empty = replace(url, database=f"{url.database}_empty")
    with connect(replace(url, database="postgres")) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {} TABLESPACE narrow").format(sql.Identifier(str(empty.database))))
    client = Client(tmp_path, empty)
    with filled(disk, but=300_000):
        ran = client("migrate", "-q", "-o", "json")
        assert (ran.code, ran.failure["code"]) == (5, "server_full"), ran.err
    ran = client("migrate", "-q")
    assert ran.code == 0, ran.err
    assert client("migrate", "check").code == 0
    assert_whole(client, empty)
    with connect(replace(url, database="postgres")) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(str(empty.database))))


def test_a_server_whose_whole_disk_is_full_has_everything_that_it_acknowledged(tmp_path: Path) -> None:
    with small_disk(256) as disk:
        server = Brittle(disk / "home")
        try:
            url, twin = server.make_migrated(), server.make_migrated()
            client = Client(tmp_path, url)
            assert client.at(twin)(*SEEDING, "1500").code == 0
            assert client(*SEEDING, "600").code == 0
            with filled(disk, but=500_000):
                ran = client(*SEEDING, "1500", "--workers", "1", "-q", "-o", "json")
                assert ran.code == 5, ran.err
                assert ran.failure["code"] in ROOMLESS
                assert len(ran.err.splitlines()) == 1
            server.start()
            assert_whole(client, url)
            ran = client(*SEEDING, "1500")
            assert ran.code == 0, ran.err
            assert_whole(client, url)
            assert digest(url) == digest(twin)
        finally:
            server.kill()
            until(lambda: not server.processes)
