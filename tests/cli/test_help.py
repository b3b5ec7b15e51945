"""Help pages."""

import re
from collections.abc import Iterator

import pytest

from sentinai_cli.cli.app import TABLE
from sentinai_cli.cli.click import ClickCommand
from sentinai_cli.cli.command import Command, Group
from sentinai_cli.cli.lazy import load
from tests.cli.conftest import Sentinai


def test_the_root_help_lists_every_group_under_its_heading(sentinai: Sentinai) -> None:
    page = sentinai("--help")
    assert page.code == 0
    assert page.err == ""
    assert "Look\n  probe" in page.out
    assert "\nTool\n  config" in page.out


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("path", [[], ["probe"], ["probe", "list"], ["solo"]])
def test_help_is_asked_for_in_both_ways_at_every_level(path: list[str], flag: str, sentinai: Sentinai) -> None:
    page = sentinai(*path, flag)
    assert page.code == 0
    assert f"Usage\n  {' '.join(['sentinai', *path])} " in page.out
    assert "Show this page." in page.out


def test_the_help_of_a_command_begins_with_examples_and_ends_with_what_comes_next(sentinai: Sentinai) -> None:
    blocks = sentinai("probe", "list", "--help").out.rstrip("\n").split("\n\n")
    assert blocks[0] == "List things."
    assert blocks[1] == "Examples\n  sentinai probe list --limit 2  # two of them"
    assert blocks[2] == "More about listing things."
    assert blocks[3] == "Usage\n  sentinai probe list [OPTIONS]"
    assert blocks[-1] == "Next\n  sentinai probe fail"


def test_options_show_their_values_choices_and_defaults(sentinai: Sentinai) -> None:
    page = sentinai("probe", "list", "--help").out
    assert re.search(r"--limit N +At most this many rows\. \[default 3\]", page)
    assert "--severity low|medium|high|critical" in page
    assert "Of this severity. [may be repeated]" in page
    assert re.search(r"--tenant, --tenant-id ID ", page)


def test_every_level_shows_the_shared_options_in_a_section_of_their_own(sentinai: Sentinai) -> None:
    for path in ([], ["probe"], ["probe", "list"], ["solo"]):
        _, _, shared = sentinai(*path, "--help").out.partition("Shared options\n")
        for name in ("--output", "--json", "--fields", "--profile", "--quiet", "--no-input", "--debug"):
            assert name in shared


def test_comments_of_examples_that_do_not_fit_beside_stand_above(
    sentinai: Sentinai, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert "Examples\n  # two of them\n  sentinai probe list --limit 2\n" in sentinai("probe", "list", "--help").out


@pytest.mark.parametrize("path", [[], ["probe"]])
def test_a_group_alone_shows_its_help_as_an_error(path: list[str], sentinai: Sentinai) -> None:
    ran = sentinai(*path)
    assert ran.code == 2
    assert ran.out == ""
    assert "Usage\n" in ran.err


@pytest.mark.parametrize("columns", [20, 40, 80, 300])
def test_help_fits_the_terminal_and_is_coloured_only_there(
    columns: int, sentinai: Sentinai, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    page = sentinai("probe", "list", "--help", terminal=True).out
    assert "\x1b[" in page
    assert "\x1b[" not in sentinai("probe", "list", "--help").out
    if columns >= 80:
        assert max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in page.splitlines()) <= columns


@pytest.mark.parametrize("name", TABLE)
def test_every_command_of_the_table_loads_and_has_help_and_an_example(name: str) -> None:
    for path, command in _commands(name, load(name, TABLE[name])):
        assert isinstance(command, Command), path
        assert command.help, path
        assert command.examples, f"{path} has no example"
        assert all(example.startswith("sentinai ") for example in command.examples), path


def _commands(path: str, command: ClickCommand) -> Iterator[tuple[str, ClickCommand]]:
    if not isinstance(command, Group):
        yield path, command
        return
    for name, inner in command.commands.items():
        yield from _commands(f"{path} {name}", inner)
