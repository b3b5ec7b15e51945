"""What every command says of what it changes."""

from sentinai_cli.cli.mutation import Mutation
from tests.commands.test_examples import COMMANDS

CHANGING = {path: command for path, command in COMMANDS.items() if command.mutation in ("writes", "severe")}
WITHOUT_ACTOR = {("db", "shell"): "psql takes the process over, and the server knows who logged in"}
"""Changing commands that take no --actor, each with the reason."""


def _options(path: tuple[str, ...]) -> set[str]:
    return {param.name for param in COMMANDS[path].params}


def test_commands_that_change_the_database_say_who_did_it() -> None:
    assert {path for path in CHANGING if "actor" not in _options(path)} == WITHOUT_ACTOR.keys()


def test_a_command_that_takes_a_reason_or_a_confirmation_changes_something() -> None:
    asking = {path for path in COMMANDS if _options(path) & {"actor", "reason", "yes", "confirm"}}
    assert {path for path in asking if COMMANDS[path].mutation is Mutation.READS} == set()


def test_a_command_that_asks_for_a_name_is_severe() -> None:
    naming = {path for path in COMMANDS if "confirm" in _options(path)}
    severe = {path for path in naming if COMMANDS[path].mutation is Mutation.SEVERE}
    assert naming - severe == {("db", "environment", "set")}  # which only lifts a guard
