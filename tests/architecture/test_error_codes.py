"""Every error code that the source raises is in the catalogue, with the exit codes it comes with, and no other."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from sentinai_cli import errors
from sentinai_cli.cli.error_code import error_codes
from sentinai_cli.cli.exit_codes import exit_code

TOP = Path(__file__).parents[2] / "sentinai_cli"
KINDS: list[type[errors.SentinaiError]] = [errors.SentinaiError, *errors.SentinaiError.__subclasses__()]
EXITS = {kind.__name__: int(exit_code(kind("x", "x"))) for kind in KINDS if kind.__module__ == errors.__name__}
ELSEWHERE = {
    "cli/failure.py": dict.fromkeys(
        ("usage", "unknown_command", "no_command", "unknown_option", "missing_option", "invalid_value"), 2
    )
    | {"unexpected": 1},
    "db/migration_session.py": dict.fromkeys(
        ("foreign_database", "unknown_revision", "schema_ahead", "schema_diverged"), 4
    ),
}
"""Codes that are chosen apart from where they are raised, by file."""


def _raised() -> Iterator[tuple[str, int]]:
    for path in TOP.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for code, exits in ELSEWHERE.get(str(path.relative_to(TOP)), {}).items():
            assert f'"{code}"' in text, code
            yield code, exits
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                yield from _of_class(node)
            elif isinstance(node, ast.Call):
                yield from _of_call(node, getattr(node.func, "id", getattr(node.func, "attr", "")))


def _of_call(node: ast.Call, called: str) -> Iterator[tuple[str, int]]:
    if called in EXITS and node.args and isinstance(node.args[0], ast.Constant):
        yield str(node.args[0].value), EXITS[called]


def _of_class(node: ast.ClassDef) -> Iterator[tuple[str, int]]:
    """A class of its own names its code where it calls its base."""
    for base in (getattr(base, "id", "") for base in node.bases):
        for call in ast.walk(node) if base in EXITS else ():
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "__init__":
                yield from _of_call(call, base)


def test_the_catalogue_has_every_code_that_is_raised_and_no_other() -> None:
    raised: dict[str, set[int]] = defaultdict(set)
    for code, exits in _raised():
        raised[code].add(exits)
    assert len(raised) > 200
    assert {entry.code: set(entry.exits) for entry in error_codes()} == raised


def test_no_code_is_in_two_areas_and_each_says_what_to_do() -> None:
    codes = [entry.code for entry in error_codes()]
    assert len(codes) == len(set(codes))
    for entry in error_codes():
        assert entry.cause.endswith("."), entry.code
        assert entry.check, entry.code
        assert entry.fix, entry.code


def test_where_codes_are_chosen_is_a_file_that_there_is() -> None:
    assert all((TOP / name).is_file() for name in ELSEWHERE)
