"""Every block of code in README and docs is run, parsed, or declared not to be with the reason."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from sentinai_cli.db.embedded import EmbeddedServer
from tests.docs.page import PAGES, TOP, Block, Page, read, script
from tests.place import new_place

ALL = [read(path) for path in PAGES]
BLOCKS = [(page, block) for page in ALL for block in page.blocks]
RUN = ("sh", "python", "console")
DATA = ("json", "jsonl", "toml", "yaml")
SHOWN = ("text", "mermaid")
"""What nothing could run: formulas, and diagrams, whose words are those of the schema."""


def _named(page: Page, block: Block) -> str:
    return f"{page.name}:{block.line}"


def test_every_block_is_checked_somehow_or_says_why_not() -> None:
    unchecked = [both for both in BLOCKS if both[1].language not in (*RUN, *DATA, *SHOWN)]
    assert [_named(*both) for both in unchecked if not (both[1].file or both[1].is_shown_only)] == []


def test_no_code_hides_in_an_indented_paragraph() -> None:
    wrong = []
    for page in ALL:
        text = page.path.read_text(encoding="utf-8")
        wrong += [f"{page.name}: {line}" for line in text.splitlines() if line.startswith("    sentinai ")]
    assert wrong == []


def test_what_is_said_about_a_block_is_understood_and_has_a_reason() -> None:
    for page, block in BLOCKS:
        if block.is_shown_only:
            assert len(block.said) > len("not run: ") + 8, _named(page, block)
        elif block.said:
            assert block.exit or block.file or block.said.startswith("names "), f"{_named(page, block)}: {block.said}"


@pytest.mark.parametrize(
    ("page", "block"),
    [both for both in BLOCKS if both[1].language in DATA and not both[1].is_shown_only],
    ids=lambda what: what.name if isinstance(what, Page) else str(what.line),
)
def test_a_block_of_data_is_what_it_says_it_is(page: Page, block: Block) -> None:
    if block.language == "toml":
        assert tomllib.loads(block.code)
    elif block.language == "yaml":
        assert yaml.safe_load(block.code)
    else:
        documents = block.code.splitlines() if block.language == "jsonl" else [block.code]
        assert all(json.loads(document) for document in documents)


RUNNING = [page for page in ALL if any(block.language in RUN and not block.is_shown_only for block in page.blocks)]


@pytest.fixture(scope="session")
def running(request: pytest.FixtureRequest) -> Iterator[dict[Page, "Future[None]"]]:
    """The pages that were asked for, two at a time: most of it is waiting for programs to start."""
    asked = [item.callspec.params.get("page") for item in request.session.items if hasattr(item, "callspec")]
    with new_place() as place, ThreadPoolExecutor(2) as pool:
        _shell("sentinai demo > demo.txt\n", place, place / "home")
        EmbeddedServer(place / "home").stop()
        yield {page: pool.submit(_run, page, place / "home") for page in RUNNING if page in asked}


@pytest.mark.slow
@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.name)
def test_the_blocks_of_a_page_run_in_order(page: Page, running: dict[Page, "Future[None]"]) -> None:
    running[page].result()


def _run(page: Page, demo_home: Path) -> None:
    with new_place() as place:
        work, home = place / "work", place / "home"
        work.mkdir()
        shutil.copytree(TOP / "domainpacks", work / "domainpacks")
        if page.with_demo:
            shutil.copytree(demo_home, home, ignore=shutil.ignore_patterns("run", "lock"))
            _keep_owners(demo_home, home)
        try:
            _shell(script(page), work, home)
        finally:
            EmbeddedServer(home).stop()


def _shell(text: str, place: Path, home: Path) -> None:
    """Run it in bash, where `sentinai` is this one, on a home of its own; a failure shows all that was said."""
    program = place / ".bin" / "sentinai"
    program.parent.mkdir()
    start = shlex.quote("from sentinai_cli.cli.main import main; main()")
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P -c {start} "$@"\n')
    program.chmod(0o755)
    environ = {
        "PATH": f"{program.parent}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(place),
        "SENTINAI_HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
    }
    ran = subprocess.run(
        ["bash", "-c", text],
        cwd=place,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, f"exit {ran.returncode}\n{ran.stdout[-2000:]}\n{ran.stderr[-4000:]}"


def _keep_owners(origin: Path, copy: Path) -> None:
    """A server's data belongs to its account; a copy by root does not."""
    for path in [origin, *origin.rglob("*")]:
        there = copy / path.relative_to(origin)
        if there.exists() and not there.is_symlink():
            shutil.chown(there, path.stat().st_uid, path.stat().st_gid)
