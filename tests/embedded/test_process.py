import shutil
import subprocess
from pathlib import Path

import pytest

from sentinai_cli.db.embedded import EmbeddedServer
from sentinai_cli.db.embedded.process import residents, residents_listed


def test_every_process_of_a_server_is_found_with_its_parent(shared: EmbeddedServer) -> None:
    status = shared.status()
    found = residents(Path(status.data_directory))
    assert status.pid in found
    assert len(found) > 3
    assert {parent for number, parent in found.items() if number != status.pid} == {status.pid}


def test_a_directory_without_a_server_has_no_residents(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "600"], cwd=tmp_path) as stranger:
        assert residents(tmp_path) == {}
        stranger.kill()
    assert residents(tmp_path / "missing") == {}


@pytest.mark.skipif(not Path("/proc/self").exists() or not shutil.which("lsof"), reason="needs /proc and lsof")
def test_lsof_tells_the_same_as_proc(shared: EmbeddedServer) -> None:
    data = Path(shared.status().data_directory)
    listing = subprocess.run(
        ["lsof", "-a", "-d", "cwd", "-c", "postgres", "-FpRDi"], capture_output=True, text=True, check=False
    ).stdout
    there = data.stat()
    assert residents_listed(listing, device=there.st_dev, inode=there.st_ino) == residents(data)


def test_a_listing_of_other_places_names_nobody() -> None:
    listing = "p10\nR1\nfcwd\nD0xfe00\ni77\np11\nR10\nfcwd\nD0xfe01\ni78\np12\nR1\nfcwd\n"
    assert residents_listed(listing, device=0xFE00, inode=77) == {10: 1}
    assert residents_listed(listing, device=0xFE00, inode=78) == {}
    assert residents_listed("", device=1, inode=1) == {}
