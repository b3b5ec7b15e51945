"""What a terminal gets beside the data: nothing cut in two, nothing it cannot draw."""

import re

import pytest

from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator

COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("width", [20, 80, 120])
def test_words_of_the_banner_and_of_errors_are_never_cut_in_two(width: int, reader: Operator) -> None:
    reader.monkeypatch.setenv("COLUMNS", str(width))
    for words in (
        ["tenants", "create", FINANCE, "--domain", "Finance"],
        ["packs", "activate", "domain:Finance"],
        ["exceptions", "list", "--profile", "no-such-profile"],
    ):
        on_terminal = COLOUR.sub("", reader(*words, terminal=True).err)
        in_pipe = reader(*words).err
        assert on_terminal.split() == in_pipe.split()
        long = [line for line in on_terminal.splitlines() if len(line) > max(width, 40) and " " in line.strip()]
        assert [line for line in long if not line.startswith("  fix: ")] == []


def test_a_command_to_copy_is_never_broken(reader: Operator) -> None:
    reader.monkeypatch.setenv("COLUMNS", "40")
    ran = reader("seed", "--as-of", "2020-01-01", terminal=True)
    fix = f"fix: sentinai seed --tenant {FINANCE} --as-of 2020-01-01T00:00:00+00:00 --new-run\n"
    assert fix in COLOUR.sub("", ran.err)
    more = reader("exceptions", "list", "--limit", "1", terminal=True)
    cursor = reader("exceptions", "list", "--limit", "1", "-o", "json").document["page"]["next"]
    assert f"--cursor {cursor}\n" in COLOUR.sub("", more.err)


@pytest.mark.parametrize("environ", [{"TERM": "dumb"}, {"NO_COLOR": "1"}])
def test_a_terminal_that_wants_no_colour_gets_none(environ: dict[str, str], seeded: Operator) -> None:
    for name, value in environ.items():
        seeded.monkeypatch.setenv(name, value)
    for words in (["exceptions", "list"], ["tenants", "show", HEALTHCARE], ["nothing"], ["seed"], ["--help"]):
        ran = seeded(*words, terminal=True)
        assert not COLOUR.search(ran.out + ran.err)


def test_a_dumb_terminal_gets_no_progress_bar(seeded: Operator) -> None:
    seeded.monkeypatch.setenv("TERM", "dumb")
    ran = seeded("seed", "--seed", "5", terminal=True)
    assert "\x1b" not in ran.out + ran.err
    assert "\r" not in ran.err
    assert "\n\n" not in ran.err


def test_help_is_asked_for_without_reading_anything(operator: Operator) -> None:
    (operator.cwd / "sentinai.toml").write_text("not toml at all [")
    for words in (["--help"], ["seed", "--help"], ["db", "environment", "set", "--help"]):
        ran = operator.given(SENTINAI_DATABASE_URL="not a url")(*words)
        assert (ran.code, ran.err) == (0, "")
        assert "Examples\n  sentinai " in ran.out or "Examples\n  # " in ran.out
