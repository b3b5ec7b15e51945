"""What the help pages show can be typed: each example parses. That each runs is in test_example_run.py."""

import shlex
from collections.abc import Iterator

import pytest

from sentinai_cli.cli.app import TABLE, root
from sentinai_cli.cli.click import ClickCommand, Context
from sentinai_cli.cli.command import Command, Group
from sentinai_cli.cli.lazy import load
from sentinai_cli.cli.runtime import Runtime


def _commands(path: tuple[str, ...], command: ClickCommand) -> Iterator[tuple[tuple[str, ...], Command]]:
    if isinstance(command, Command):
        yield path, command
    elif isinstance(command, Group):
        for name, inner in command.commands.items():
            yield from _commands((*path, name), inner)


COMMANDS = dict(found for name, entry in TABLE.items() for found in _commands((name,), load(name, entry)))
LINES = sorted({line for command in COMMANDS.values() for line in (*command.examples, *command.following)})


def _words(line: str) -> list[str]:
    return shlex.split(line, comments=True)


def _parse(words: list[str]) -> Command:
    """Take the words as the parser does, and give the command that they lead to; nothing runs."""
    runtime = Runtime(environ={})
    command: ClickCommand = root()
    context: Context | None = None
    while True:
        context = command.make_context(words[0], words[1:], parent=context, obj=runtime)
        if not isinstance(command, Group):
            assert isinstance(command, Command)
            return command
        _, inner, words = command.resolve_command(context, [*context._protected_args, *context.args])
        assert inner is not None
        command, words = inner, [str(inner.name), *words]


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_shows_how_it_is_used_and_what_comes_next(path: tuple[str, ...]) -> None:
    command = COMMANDS[path]
    assert command.examples
    assert command.following
    for line in command.examples:
        assert _words(line)[: len(path) + 1] == ["sentinai", *path]
    for line in (*command.examples, *command.following):
        _, mark, comment = line.partition(" # ")
        assert mark, f"{line} does not say what it does"
        assert comment.strip()


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_summary_is_one_sentence_in_one_line(path: tuple[str, ...]) -> None:
    summary = (COMMANDS[path].help or "").strip().split("\n\n")[0]
    assert "\n" not in summary.strip()
    assert summary.endswith(".")
    assert len(summary) <= 110


@pytest.mark.parametrize("line", LINES)
def test_an_example_parses(line: str) -> None:
    words = _words(line)
    words = words[: next((number for number, word in enumerate(words) if word in ("<", ">")), None)]
    assert words[0] == "sentinai"
    _parse(words)
