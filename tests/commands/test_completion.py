"""Completion in real shells, from names that another process reads: no shell ever waits for a database."""

import json
import os
import pty
import re
import select
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sentinai_cli.cli.completion_name import Cache
from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator

SECRET = "hunter2secret"
PATIENCE = 30.0
SLOW = pytest.mark.slow
Environ = dict[str, str]


@pytest.fixture
def environ(tmp_path: Path) -> Environ:
    """A shell's environment, in which `sentinai` is this one and nothing is configured."""
    program = tmp_path / "bin" / "sentinai"
    program.parent.mkdir()
    start = shlex.quote("from sentinai_cli.cli.main import main; main()")
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -c {start} "$@"\n')
    program.chmod(0o755)
    (tmp_path / "work").mkdir()
    return {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "HOME": str(tmp_path / "nobody"),
        "SENTINAI_HOME": str(tmp_path / "home"),
        "TERM": "dumb",
        "LC_ALL": "C.UTF-8",
    }


def _run(words: list[str], environ: Environ, place: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        words, env=environ, cwd=place / "work", capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def _path(environ: Environ, place: Path) -> Path:
    """The file of names of the target that `environ` says."""
    return Cache(profile=None, environ=environ, cwd=place / "work")._path


def _remember(environ: Environ, place: Path, names: Mapping[str, object]) -> None:
    """Let these be the names, read just now."""
    cache = Cache(profile=None, environ=environ, cwd=place / "work")
    cache.write(names)
    cache._path.with_suffix(".asked").touch()


def _script(shell: str, environ: Environ, place: Path) -> Path:
    path = place / f"_sentinai.{shell}"
    path.write_text(_run(["sentinai", "completion", shell], environ, place).stdout)
    return path


NAMES = {
    "tenant": [["ACME", ""], ["BETA", ""], ["$(touch pwned)", ""], ["`touch pwned`", ""], ["x;touch pwned", ""]],
    "pack": [["domain:Finance@1", ""], ["policy:ACME@2", "ACME"]],
    "exception": [["FIN-00AA-000001", "ACME"]],
}

CASES = [
    ("sentinai exceptions show FIN-", "FIN-00AA-000001"),
    ("sentinai exceptions list --tenant A", "ACME"),
    ("sentinai exceptions list --tenant=A", "--tenant=ACME"),
    ("sentinai packs activate policy:", "policy:ACME@2"),
    ("sentinai packs activate domain:Finance@", "domain:Finance@1"),
    ("sentinai config prof", "profiles"),
]


def _typed(shell: list[str], setup: list[str], line: str, awaited: str, environ: Environ, place: Path) -> str:
    """Type a line and the tab key into an interactive shell; what it showed once the word stood there."""
    number, terminal = pty.openpty()
    process = subprocess.Popen(
        shell, env=environ, cwd=place / "work", stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
    )
    os.close(terminal)
    try:
        _until(number, "READY>", "".join(f"{command}\n" for command in setup))
        return _until(number, awaited, line + "\t")
    finally:
        process.kill()
        process.wait()
        os.close(number)


def _until(number: int, awaited: str, said: str) -> str:
    """Type, and read until `awaited` stands there, control characters aside."""
    os.write(number, said.encode())
    shown, end = "", time.monotonic() + PATIENCE
    while awaited not in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x09\x0b-\x1f]", "", shown):
        assert time.monotonic() < end, repr(shown)
        if select.select([number], [], [], 0.2)[0]:
            shown += os.read(number, 65536).decode(errors="replace")
    return shown


@pytest.mark.parametrize(("line", "word"), [CASES[0], *(pytest.param(*case, marks=SLOW) for case in CASES[1:])])
def test_bash_completes_the_word(line: str, word: str, environ: Environ, tmp_path: Path) -> None:
    _remember(environ, tmp_path, NAMES)
    script = _script("bash", environ, tmp_path)
    setup = ["bind 'set enable-bracketed-paste off'", f". {shlex.quote(str(script))}", "PS1=READ; PS1=${PS1}Y'> '"]
    shown = _typed(["bash", "--norc", "--noprofile", "-i"], setup, line, _whole(line, word) + " ", environ, tmp_path)
    assert "pwned" not in shown
    assert not (tmp_path / "work" / "pwned").exists()


def _whole(line: str, word: str) -> str:
    return f"{line.rpartition(' ')[0]} {word}"


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
@pytest.mark.parametrize(("line", "word"), CASES)
def test_zsh_completes_the_word(line: str, word: str, environ: Environ, tmp_path: Path) -> None:
    _remember(environ, tmp_path, NAMES)
    script = _script("zsh", environ, tmp_path)
    setup = [
        f"autoload -U compinit; compinit -u -d {shlex.quote(str(tmp_path / 'dump'))}",
        f". {shlex.quote(str(script))}",
        "unsetopt zle_bracketed_paste prompt_cr prompt_sp; PS1=READ; PS1=${PS1}Y'> '",
    ]
    shown = _typed(["zsh", "-f", "-i"], setup, line, word.removeprefix(line.rpartition(" ")[2]), environ, tmp_path)
    assert not (tmp_path / "work" / "pwned").exists()
    assert "not found" not in shown


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
@pytest.mark.parametrize(("line", "word"), CASES)
def test_fish_completes_the_word(line: str, word: str, environ: Environ, tmp_path: Path) -> None:
    _remember(environ, tmp_path, NAMES)
    script = _script("fish", environ, tmp_path)
    asked = f"source {shlex.quote(str(script))}; complete -C {shlex.quote(line)}"
    ran = _run(["fish", "--no-config", "-c", asked], environ, tmp_path)
    assert [offered.partition("\t")[0] for offered in ran.stdout.splitlines()] == [word], ran.stderr
    assert not (tmp_path / "work" / "pwned").exists()


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_one_that_the_shell_can_read(shell: str, environ: Environ, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    assert _run([shell, "-n", str(_script(shell, environ, tmp_path))], environ, tmp_path).stderr == ""


def test_names_are_read_behind_the_shells_back_and_kept_for_their_owner_alone(
    environ: Environ, reading_url: DatabaseUrl, tmp_path: Path
) -> None:
    environ["SENTINAI_DATABASE_URL"] = reading_url.text
    asking = ["sentinai", "__complete", "fish", "sentinai", "tenants", "show", ""]
    assert _run(asking, environ, tmp_path).stdout == "words\n"
    path = _path(environ, tmp_path)
    end = time.monotonic() + PATIENCE
    while not path.exists():
        assert time.monotonic() < end
        select.select([], [], [], 0.05)
    assert _run(asking, environ, tmp_path).stdout == f"words\n{FINANCE}\n{HEALTHCARE}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    held = json.loads(path.read_text())
    assert {
        "tenant",
        "pack",
        "type",
        "event_type",
        "domain",
        "exception",
        "run",
        "playbook",
        "tool",
        "operation",
    } == held.keys()
    assert all(held.values())


def test_a_database_that_never_answers_is_not_waited_for_and_not_asked_at_every_key(
    environ: Environ, tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        environ["SENTINAI_DATABASE_URL"] = f"postgresql://ops:{SECRET}@127.0.0.1:{port}/x?sslmode=disable"
        _remember(environ, tmp_path, {"tenant": [["KEPT", ""]]})
        asked = _path(environ, tmp_path).with_suffix(".asked")
        os.utime(asked, (1, 1))
        times = []
        for _ in range(2):
            ran = _run(["sentinai", "__complete", "zsh", "sentinai", "tenants", "show", ""], environ, tmp_path)
            assert (ran.returncode, ran.stdout, ran.stderr) == (0, "words\nKEPT\n", "")
            times.append(asked.stat().st_mtime)
        assert times[0] > 1
        assert times[0] == times[1]


def test_where_the_files_of_a_directory_lead_is_asked_only_after_a_command_has_worked_there(
    environ: Environ, reading_url: DatabaseUrl, tmp_path: Path
) -> None:
    (tmp_path / "work" / ".env").write_text(f"SENTINAI_DATABASE_URL={reading_url.text}\n")
    asked = _path(environ, tmp_path).with_suffix(".asked")
    asking = ["sentinai", "__complete", "fish", "sentinai", "tenants", "show", ""]
    assert _run(asking, environ, tmp_path).stdout == "words\n"
    assert not asked.exists()
    assert _run(["sentinai", "tenants", "list"], environ, tmp_path).returncode == 0
    assert _run(asking, environ, tmp_path).returncode == 0
    assert asked.exists()


@pytest.mark.slow
def test_the_embedded_server_is_not_started_for_a_completion(environ: Environ, tmp_path: Path) -> None:
    assert _run(["sentinai", "__names", ""], environ, tmp_path).returncode == 0
    assert not (tmp_path / "home" / "data").exists()
    assert not _path(environ, tmp_path).exists()


def test_each_target_has_names_of_its_own_and_no_password_is_part_of_them(environ: Environ, tmp_path: Path) -> None:
    one = _path(environ, tmp_path)
    assert _path({**environ, "DATABASE_URL": "postgresql://h/other"}, tmp_path) != one
    assert _path({**environ, "DB_PASSWORD": SECRET, "PGPASSWORD": SECRET}, tmp_path) == one
    (tmp_path / "work" / ".env").write_text("DB_HOST=elsewhere\n")
    assert _path(environ, tmp_path) != one


def _become_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_text("{"),
        lambda path: path.write_text('{"tenant": [["A", ""], 7, ["B"], [1, 2]]}'),
        lambda path: path.write_bytes(b"\xff\x00"),
        lambda path: (path.unlink(), path.symlink_to("/dev/zero")),
        _become_a_pipe,
        lambda path: path.parent.chmod(0o777),
    ],
)
def test_names_that_cannot_be_read_are_no_names(
    spoil: Callable[[Path], object], environ: Environ, tmp_path: Path
) -> None:
    _remember(environ, tmp_path, {"tenant": [["A", ""]]})
    spoil(_path(environ, tmp_path))
    cache = Cache(profile=None, environ=environ, cwd=tmp_path / "work")
    assert list(cache.names("tenant", None)) in ([], ["A"])


def test_the_script_is_also_a_result(operator: Operator) -> None:
    ran = operator("completion", "zsh", "-o", "json")
    assert (ran.code, ran.document["shell"]) == (0, "zsh")
    assert ran.document["script"] == operator("completion", "zsh").out
    assert operator("completion", "powershell").code == 2
