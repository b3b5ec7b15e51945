"""A file is named after a noun of the domain, and is small."""

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
FILES = sorted(path for place in ("sentinai_cli", "migrations", "tests") for path in (TOP / place).rglob("*.py"))
LONG = {"sentinai_cli/db/schema.py": "the tables, read side by side"}
"""Files of the package over the limit of lines, each with the reason."""
LIMIT = 250


@pytest.mark.parametrize("word", ["util", "utils", "helper", "helpers", "manager", "common", "misc", "lib"])
def test_no_file_has_a_name_that_says_nothing(word: str) -> None:
    assert not [path for path in FILES if word in path.relative_to(TOP).with_suffix("").parts]
    assert not [path for path in FILES if word in path.stem.split("_")]


def test_a_long_file_is_a_question_that_has_been_answered() -> None:
    long = {
        str(path.relative_to(TOP))
        for path in FILES
        if path.is_relative_to(TOP / "sentinai_cli") and len(path.read_text().splitlines()) > LIMIT
    }
    assert long == LONG.keys()


def test_migrations_are_numbered_without_gaps_and_say_what_they_do() -> None:
    names = sorted(path.stem for path in (TOP / "migrations" / "versions").glob("*.py"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    assert all(re.fullmatch(r"\d{4}(_[a-z0-9]+)+", name) for name in names)


def test_a_test_reads_as_a_sentence() -> None:
    short = [
        f"{path.relative_to(TOP)}: {name}"
        for path in FILES
        if path.name.startswith("test_")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(), re.MULTILINE)
        if name.count("_") < 3
    ]
    assert not short
