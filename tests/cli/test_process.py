"""The command line as a process: signals, pipes, encodings, terminals."""

import json
import os
import pty
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sentinai_cli import __version__
from sentinai_cli.cli.app import TABLE
from tests.cli.conftest import HOMELESS

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-m", "tests.cli.program"]
SENTINAI = [sys.executable, "-c", "from sentinai_cli.cli.main import main; main()"]
BARE = {"PATH": os.defpath, **HOMELESS}


def _run(command: list[str], **settings: object) -> "subprocess.CompletedProcess[bytes]":
    chosen: dict[str, object] = {"capture_output": True, "env": BARE, "cwd": ROOT, "timeout": 60, **settings}
    return subprocess.run(command, check=False, **chosen)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_the_version_is_told(flag: str) -> None:
    ran = _run([*SENTINAI, flag])
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"sentinai {__version__}\n".encode(), b"")


@pytest.mark.parametrize("name", TABLE)
def test_the_help_of_every_group_is_shown_by_the_real_program(name: str) -> None:
    ran = _run([*SENTINAI, name, "--help"])
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert f"  sentinai {name} ".encode() in ran.stdout


def test_a_reader_that_leaves_early_is_no_error() -> None:
    with subprocess.Popen(
        [*PROGRAM, "-q", "probe", "many"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=BARE, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"exception_id\t")
        process.stdout.close()
        assert process.wait(60) == 0
        assert process.stderr.read() == b""


@pytest.mark.parametrize("arguments", [["--help"], ["probe", "list", "-q"]])
def test_a_reader_that_was_never_there_is_no_error(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = _run([*PROGRAM, *arguments], capture_output=False, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_an_output_that_was_closed_is_no_error() -> None:
    ran = _run(["sh", "-c", f"exec {shlex.quote(sys.executable)} -m tests.cli.program -q probe list >&-"])
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_a_full_disk_is_an_error_and_not_silence() -> None:
    with Path("/dev/full").open("wb") as full:
        ran = _run([*PROGRAM, "-q", "probe", "list"], capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert ran.returncode == 1
    assert ran.stderr == (b"error[output_failed]: standard output cannot be written\n  why: No space left on device\n")


def test_standard_error_that_nobody_reads_does_not_stop_the_work() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = _run([*PROGRAM, "probe", "list"], capture_output=False, stdout=subprocess.PIPE, stderr=writing)
    os.close(writing)
    assert ran.returncode == 0
    assert len(ran.stdout.splitlines()) == 4


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_signal_ends_the_command_with_its_own_code_and_no_traceback(number: int, code: int) -> None:
    with subprocess.Popen([*PROGRAM, "probe", "wait"], stderr=subprocess.PIPE, env=BARE, cwd=ROOT) as process:
        assert process.stderr is not None
        assert process.stderr.readline() == b"ready\n"
        process.send_signal(number)
        assert process.wait(60) == code
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_json_in_a_pipe_is_utf_8_whatever_the_locale(encoding: str) -> None:
    ran = _run([*PROGRAM, "--json", "probe", "list"], env={**BARE, "PYTHONIOENCODING": encoding, "LC_ALL": "C"})
    assert ran.returncode == 0
    assert len(json.loads(ran.stdout.decode("utf-8"))["items"]) == 3


def test_a_terminal_that_cannot_show_a_character_gets_its_escape() -> None:
    ran = _terminal([*PROGRAM, "-q", "probe", "list"], {"PYTHONIOENCODING": "ascii", "TERM": "xterm", "COLUMNS": "300"})
    assert b"EXCEPTION" in ran
    assert b"Error" not in ran


@pytest.mark.parametrize(
    ("environ", "coloured"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
@pytest.mark.parametrize("arguments", [["probe", "list"], ["--help"], ["probe", "fail", "Conflict"], ["nope"]])
def test_a_terminal_gets_colour_unless_it_asks_for_none(
    arguments: list[str], environ: dict[str, str], coloured: bool
) -> None:
    assert (b"\x1b[" in _terminal([*PROGRAM, *arguments], environ)) is coloured


def _terminal(command: list[str], environ: dict[str, str]) -> bytes:
    """What the command writes to a terminal of its own."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env={**BARE, **environ}, cwd=ROOT
    ) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                chunk = os.read(ours, 65536)
            except OSError:  # how Linux says that the other end is closed
                break
            if not chunk:
                break
            seen += chunk
        process.wait(60)
    os.close(ours)
    return seen


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_a_signal_that_comes_in_a_destructor_is_heard_all_the_same(name: str, code: int) -> None:
    """Python drops what is raised there, after writing it to standard error."""
    program = f"""
import signal, sys, time
from sentinai_cli.cli.run import unwind_on_signals
class Dying:
    def __del__(self):
        signal.raise_signal(signal.{name})
unwind_on_signals()
try:
    Dying()
    time.sleep(30)
except KeyboardInterrupt as heard:
    sys.exit(getattr(heard, "code", 130))
"""
    ran = _run([sys.executable, "-c", program])
    assert (ran.returncode, ran.stdout, ran.stderr) == (code, b"", b"")
