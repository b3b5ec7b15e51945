"""What is committed runs anywhere: it names no package registry and no place on the machine it was made on."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
HOME = Path("~").expanduser() if "HOME" in os.environ else Path()
REGISTRY = re.compile("pypi" + r"\.org|pythonhosted" + r"\.org|(?:extra-)?index" + r"-url|find" + r"-links")


def tracked() -> list[Path]:
    """The files under version control, or, where there is none, those of an unpacked source archive."""
    git = shutil.which("git")
    if git and (TOP / ".git").exists():
        listed = subprocess.run([git, "-C", TOP, "ls-files", "-z"], capture_output=True, text=True, check=False)
        if listed.returncode == 0:
            return [TOP / name for name in listed.stdout.split("\0") if name and (TOP / name).is_file()]
    return [
        path
        for path in TOP.rglob("*")
        if path.is_file() and not any(part.startswith(".venv") or part == "__pycache__" for part in path.parts)
    ]


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(TOP)}:{number}"
        for path in tracked()
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_tracked_file_names_a_package_registry() -> None:
    assert lines_with(REGISTRY) == []


@pytest.mark.parametrize("place", [TOP, HOME], ids=["checkout", "home"])
def test_no_tracked_file_names_a_place_of_this_machine(place: Path) -> None:
    if len(place.parts) < 3 and place != Path("/root"):
        pytest.skip("the path is too short to be recognised in text")
    assert lines_with(re.compile(rf"(?<![\w.]){re.escape(str(place))}/")) == []


def test_tracked_text_ends_with_one_newline_and_has_no_trailing_space() -> None:
    loose = []
    for path in tracked():
        data = path.read_bytes()
        if path.suffix in {".py", ".toml", ".md", ".sql", ".json", ".txt"} and data:
            if not data.endswith(b"\n") or data.endswith(b"\n\n") or b"\r" in data:
                loose.append(str(path.relative_to(TOP)))
            if path.suffix != ".md" and re.search(rb"[ \t]$", data, re.MULTILINE):
                loose.append(f"{path.relative_to(TOP)} (trailing space)")
    assert loose == []


def test_scripts_that_make_calls_can_be_run() -> None:
    for name in ("requirements/install", "requirements/lock", ".ci/run"):
        script = TOP / name
        if script.exists():
            assert script.stat().st_mode & 0o111, name
            assert script.read_text().startswith("#!/")
