"""The script behind the Makefile: what it says where there is no Python, and when it starts over."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.conftest import TOP

TOOLS = ("sh", "dirname", "cat", "cksum", "rm", "mkdir")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the script reads of a checkout, at a path with a space and a quote."""
    place = tmp_path / "a 'new' place"
    shutil.copytree(TOP / "requirements", place / "requirements")
    shutil.copy(TOP / "pyproject.toml", place)
    return place


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A search path with the tools that the script needs and no Python."""
    place = tmp_path / "bin"
    place.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found
        (place / name).symlink_to(found)
    return place


def install(checkout: Path, path: Path, *, python: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", checkout / "requirements" / "install", "runtime"],
        env={"PATH": str(path), "HOME": "/nonexistent", "PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_python_it_says_how_to_get_one_and_makes_nothing(checkout: Path, tools: Path) -> None:
    done = install(checkout, tools)
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stderr
    assert "apt install" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_that_is_too_old_is_not_taken(checkout: Path, tools: Path) -> None:
    old = tools / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    assert "Python 3.11 or newer" in install(checkout, tools).stderr
    assert str(old) in install(checkout, tools, python=str(old)).stderr


@pytest.mark.slow
def test_an_environment_left_unfinished_is_made_anew_and_a_whole_one_is_reused(checkout: Path, tools: Path) -> None:
    (checkout / "requirements" / "runtime.txt").write_text("")
    (checkout / "requirements" / "build.txt").write_text("")
    (checkout / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "none"\nbackend-path = ["."]\n'
        '[project]\nname = "none"\nversion = "1"\n'
    )
    (checkout / "none.py").write_text("raise SystemExit('the build breaks')\n")
    base = os.path.realpath(sys.executable)
    assert install(checkout, tools, python=base).returncode != 0
    assert (checkout / ".venv" / ".unfinished").exists()
    (checkout / ".venv" / "left-over").touch()

    (checkout / "none.py").write_text(BACKEND)
    done = install(checkout, tools, python=base)
    assert done.returncode == 0, done.stderr
    assert not (checkout / ".venv" / "left-over").exists()
    assert not (checkout / ".venv" / ".unfinished").exists()
    again = install(checkout, tools)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")

    moved = checkout.rename(checkout.parent / "moved")
    done = install(moved, tools, python=base)
    assert "Making .venv" in done.stderr


BACKEND = """
import zipfile

def build_editable(directory, config_settings=None, metadata_directory=None):
    name = "none-1-py3-none-any.whl"
    with zipfile.ZipFile(f"{directory}/{name}", "w") as wheel:
        wheel.writestr("none-1.dist-info/METADATA", "Metadata-Version: 2.1\\nName: none\\nVersion: 1\\n")
        wheel.writestr("none-1.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr("none-1.dist-info/RECORD", "")
    return name
"""
