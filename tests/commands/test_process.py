"""One command of each group as a process of its own: imports, pipes, and what a shell sees."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sentinai_cli.cli.app import TABLE
from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import AS_OF, FINANCE, HEALTHCARE

SENTINAI = [sys.executable, "-c", "from sentinai_cli.cli.main import main; main()"]
SMOKE = {
    "status": ["status", "-o", "json"],
    "exceptions": ["exceptions", "list"],
    "events": ["events", "verify"],
    "tenants": ["tenants", "list"],
    "packs": ["packs", "list"],
    "playbooks": ["playbooks", "list"],
    "tools": ["tools", "list"],
    "seed": ["seed", "--as-of", AS_OF],
    "migrate": ["migrate"],
    "db": ["db", "url"],
    "health": ["health", "isolation"],
    "retention": ["retention", "holds"],
    "operations": ["operations", "list"],
    "config": ["config", "show"],
    "capabilities": ["capabilities"],
    "completion": ["completion", "bash"],
}
"""`demo` has a server of its own, in test_demo."""


def _environ(place: Path, url: str) -> dict[str, str]:
    home = {"HOME": str(place), "SENTINAI_HOME": str(place / "home")}
    return {"PATH": os.defpath, "DATABASE_URL": url, "SENTINAI_CONNECT_TIMEOUT": "3", **home}


def _run(words: list[str], place: Path, url: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*SENTINAI, *words],
        env=_environ(place, url),
        cwd=place,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def test_every_group_has_its_command_here() -> None:
    assert SMOKE.keys() | {"demo"} == TABLE.keys()


@pytest.mark.parametrize("group", SMOKE)
def test_a_command_of_each_group_runs_in_a_fresh_interpreter(
    group: str, seeded_url: DatabaseUrl, tmp_path: Path
) -> None:
    ran = _run(SMOKE[group], tmp_path, seeded_url.text)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "home").exists()


def test_a_piped_list_is_tsv_with_whole_ids_of_both_tenants(reading_url: DatabaseUrl, tmp_path: Path) -> None:
    ran = _run(["exceptions", "list", "--all"], tmp_path, reading_url.text)
    header, *rows = [line.split("\t") for line in ran.stdout.splitlines()]
    assert header[:2] == ["exception_id", "tenant_id"]
    assert {row[1] for row in rows} == {FINANCE, HEALTHCARE}
    assert {len(row) for row in rows} == {len(header)}
    assert all(row[0].count("-") == 2 and len(row[0].rpartition("-")[2]) == 6 for row in rows)
    assert ran.stderr == "all tenants; --tenant ID narrows it to one\n"


@pytest.mark.parametrize("words", [["exceptions", "list", "--all"], ["packs", "show", "domain:Finance", "-o", "json"]])
def test_a_reader_that_takes_one_line_and_leaves_is_no_error(
    words: list[str], reading_url: DatabaseUrl, tmp_path: Path
) -> None:
    program = " ".join(["exec", f"'{sys.executable}'", "-c", f"'{SENTINAI[2]}'", "-q", *words])
    ran = subprocess.run(
        ["bash", "-c", f"({program}) | head -1; echo ${{PIPESTATUS[0]}}"],
        env=_environ(tmp_path, reading_url.text),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert ran.stderr == ""
    assert ran.stdout.splitlines()[1:] == ["0"]


@pytest.mark.parametrize("words", [["exceptions", "list"], ["packs", "show", "domain:Finance", "-o", "json"]])
def test_a_reader_that_left_before_the_first_line_is_no_error(
    words: list[str], reading_url: DatabaseUrl, tmp_path: Path
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ran = subprocess.run(
        [*SENTINAI, "-q", *words],
        env=_environ(tmp_path, reading_url.text),
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=30,
        check=False,
    )
    os.close(writing)
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.fixture
def silent_port() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.1)
        over = threading.Event()

        def hold() -> None:
            held = []
            while not over.is_set():
                try:
                    held.append(listening.accept()[0])
                except TimeoutError:
                    continue
            for one in held:
                one.close()

        thread = threading.Thread(target=hold)
        thread.start()
        yield listening.getsockname()[1]
        over.set()
        thread.join()


def test_a_server_that_never_answers_is_given_up_at_the_deadline(silent_port: int, tmp_path: Path) -> None:
    url = f"postgresql://ops:hunter2secret@127.0.0.1:{silent_port}/x?sslmode=disable"
    ran = _run(["tenants", "list", "--debug"], tmp_path, url)
    assert (ran.returncode, ran.stdout) == (5, "")
    assert ran.stderr.count("error[database_unavailable]") == 1
    assert "hunter2secret" not in ran.stderr
