"""Each example of each help page, typed as it stands, does what it says."""

import json
import os
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest

from sentinai_cli.cli.capability import FORMATS_OF, WITHOUT_DATA
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.models.database_url import DatabaseUrl
from tests.commands.conftest import FINANCE, _operator
from tests.commands.example_world import ELSEWHERE, ENDLESS, WITHOUT, World, build, enter
from tests.commands.operator import Operator, Ran
from tests.commands.test_examples import COMMANDS
from tests.conftest import fresh_database

pytestmark = pytest.mark.slow

NAMED = {
    "db reset": "DATABASE",
    "db restore": "DATABASE",
    "seed reset": "TENANT_FINANCE_001",
    "retention run": "TENANT_FINANCE_001",
    "retention journal": "DATABASE",
    "tenants purge": "TENANT_FINANCE_001",
}
"""What is typed where a command asks for a name."""

EMPTY = ("migrate upgrade",)
"""Commands whose examples begin with a database without tables."""

BARE = ("migrate down",)
"""Commands whose examples begin with the schema and no rows, which an older revision would lose."""

RELEASED = ["retention release HOLD --reason over --yes"]
BEFORE = {
    "db restore": [*RELEASED, "db backup monday.dump"],
    "seed reset": RELEASED,
    "db reset": RELEASED,
    "retention journal": RELEASED,
    "tenants purge": RELEASED,
}
"""Commands that come first."""

FINDS = {
    "seed verify": (0, 4),
    "health check": (0, 4),
    "health isolation": (0, 4),
    "packs test": (0, 4),
}
"""Checks, of which finding something is the purpose: a superuser on a server is one."""


EXAMPLES = [
    (" ".join(path), line, command.mutation is Mutation.READS)
    for path, command in COMMANDS.items()
    for line in command.examples
    if " ".join(path) not in WITHOUT and not any(word in line for word in (*ENDLESS, *ELSEWHERE))
]
READING = [(command, line) for command, line, reads in EXAMPLES if reads]
CHANGING = [(command, line) for command, line, reads in EXAMPLES if not reads]


@pytest.fixture(scope="session")
def example_url(
    server: DatabaseUrl, seeded_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[DatabaseUrl, World]]:
    """The database of the examples, and the world around it."""
    with fresh_database(server, seeded_template) as made, pytest.MonkeyPatch.context() as patch:
        place = tmp_path_factory.mktemp("world")
        with chdir(place):
            world = build(_operator(patch, place).at(made))
        patch.undo()
        yield made, world


def _run(command: str, line: str, operator: Operator, world: World) -> Ran:
    """In its directory, since files are named relative to it."""
    here = Path.cwd()
    os.chdir(operator.cwd)
    try:
        for first in BEFORE.get(command, ()):
            assert operator(*world.words(f"sentinai {first}", operator)).code == 0
        if "--plan-out" in line:
            (operator.cwd / "plan.json").unlink()
        words, piped = world.words(line, operator), world.piped(line)
        answer = NAMED.get(command)
        if answer == "DATABASE":
            answer = operator.environ["SENTINAI_DATABASE_URL"].partition("?")[0].rpartition("/")[2]
        if command == "db restore":
            answer = f"y\n{answer}"
        return operator(*words, answers=f"{answer or 'y'}\n") if not piped else operator(*words, piped=piped)
    finally:
        os.chdir(here)


@pytest.mark.parametrize(("command", "line"), READING, ids=[line for _, line in READING])
def test_an_example_that_only_reads_does_what_it_says(
    command: str, line: str, operator: Operator, example_url: tuple[DatabaseUrl, World], tmp_path: Path
) -> None:
    url, world = example_url
    ran = _run(command, line, enter(world, operator.at(url), tmp_path), world)
    assert ran.code in FINDS.get(command, (0,)), ran.err
    assert ran.out


@pytest.mark.parametrize(("command", "line"), CHANGING, ids=[line for _, line in CHANGING])
def test_an_example_that_changes_something_does_what_it_says(
    command: str,
    line: str,
    operator: Operator,
    server: DatabaseUrl,
    template: str,
    example_url: tuple[DatabaseUrl, World],
    tmp_path: Path,
) -> None:
    url, world = example_url
    origin = "template1" if command in EMPTY else template if command in BARE else url.database
    assert origin is not None
    with fresh_database(server, origin) as made:
        somebody = operator.at(made).given(SENTINAI_TENANT=FINANCE)  # whose day begins with a profile for one tenant
        ran = _run(command, line, enter(world, somebody, tmp_path), world)
        assert ran.code == 0, ran.err


@pytest.mark.parametrize("command", sorted({command for command, _ in READING}))
def test_a_command_that_reads_has_json_or_says_why_not(
    command: str, operator: Operator, example_url: tuple[DatabaseUrl, World], tmp_path: Path
) -> None:
    if command in WITHOUT_DATA:
        return
    url, world = example_url
    line = next(line for one, line in READING if one == command).partition(" # ")[0]
    output = "jsonl" if command in FORMATS_OF else "json"
    shown = line.partition(" <")[0].partition(" >")[0]
    if " -o " not in shown:
        line = line.replace(shown, f"{shown} -o {output}")
    ran = _run(command, line, enter(world, operator.at(url), tmp_path), world)
    assert ran.code in FINDS.get(command, (0,)), ran.err
    if " -o json " in f"{line} ":
        json.loads(ran.out)


def test_what_does_not_run_here_is_declared_of_commands_that_there_are() -> None:
    names = {" ".join(path) for path in COMMANDS}
    for declared in (WITHOUT, NAMED, FINDS, BEFORE, EMPTY, BARE):
        assert set(declared) <= names
    for word in (*ENDLESS, *ELSEWHERE):
        assert any(word in line for command in COMMANDS.values() for line in command.examples), word
