"""Errors, as words and exit codes."""

import json

import pytest

from sentinai_cli.cli.exit_codes import MEANING, ExitCode, page
from tests.cli.conftest import Sentinai
from tests.golden.expected_file import assert_as_expected

URL = {"DATABASE_URL": "postgresql://ops:hunter2secret@db.example/app"}


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("SentinaiError", 1),
        ("InvalidInput", 2),
        ("NotFound", 3),
        ("CheckFailed", 4),
        ("Unavailable", 5),
        ("Conflict", 6),
        ("Refused", 7),
        ("Partial", 8),
        ("bug", 1),
        ("interrupt", 130),
        ("exit", 42),
    ],
)
def test_each_kind_of_error_has_its_exit_code_and_leaves_standard_output_empty(
    kind: str, code: int, sentinai: Sentinai
) -> None:
    ran = sentinai("probe", "fail", kind)
    assert ran.code == code
    assert ran.out == ""


def test_an_error_says_what_why_and_how_to_fix_it_without_acting_on_the_terminal(sentinai: Sentinai) -> None:
    ran = sentinai("probe", "fail", "NotFound", "-q")
    assert ran.err == (
        "error[probe_failed]: it \\x1b[31mfailed: hunter2secret\n  why: one\n  why: two\n  fix: sentinai status\n"
    )


def test_in_json_mode_an_error_is_one_object_on_the_last_line(sentinai: Sentinai) -> None:
    ran = sentinai("probe", "fail", "Conflict", "--json")
    assert json.loads(ran.err.splitlines()[-1]) == {
        "code": "probe_failed",
        "what": "it \x1b[31mfailed: hunter2secret",
        "why": "one\ntwo",
        "fix": "sentinai status",
        "exit": 6,
    }


@pytest.mark.parametrize("kind", ["Unavailable", "bug"])
@pytest.mark.parametrize("flags", [[], ["--json"], ["--debug"], ["--json", "--debug"]])
@pytest.mark.parametrize("terminal", [True, False])
def test_a_password_of_the_settings_never_shows(
    kind: str, flags: list[str], terminal: bool, sentinai: Sentinai
) -> None:
    ran = sentinai("probe", "fail", kind, *flags, environ=URL, terminal=terminal)
    assert "***" in ran.err
    assert "hunter2secret" not in ran.err + ran.out


def test_a_password_in_a_url_is_masked_even_when_no_settings_were_read(sentinai: Sentinai) -> None:
    assert "hunter2secret" not in sentinai("probe", "fail", "bug", "--debug").err


def test_a_bug_shows_its_traceback_only_with_debug(sentinai: Sentinai) -> None:
    assert "Traceback" not in sentinai("probe", "fail", "bug").err
    assert "unexpected ZeroDivisionError" in sentinai("probe", "fail", "bug").err
    with_debug = sentinai("probe", "fail", "bug", "--debug").err
    assert "Traceback" in with_debug
    assert "\x1b" not in with_debug


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["prob"], "unknown_command", "did you mean probe"),
        (["nothing-like-it"], "unknown_command", "there are probe, solo, config"),
        (["probe", "lst"], "unknown_command", "did you mean list"),
        (["probe", "list", "--limt", "3"], "unknown_option", "did you mean --limit"),
        (["probe", "list", "--limit"], "usage", "requires an argument"),
        (["probe", "list", "--limit", "0"], "invalid_number", "'0' is not a number of rows, 1 or more"),
        (["probe", "list", "--limit", "9" * 30], "invalid_number", "is not a number of rows"),
        (["probe", "list", "--since", "soon"], "invalid_time", "'soon' is not a time"),
        (["probe", "list", "--severity", "urgent"], "unknown_word", "none of low, medium"),
        (["probe", "list", "extra"], "usage", "extra"),
        (["probe", "fail"], "missing_option", "kind"),
        (["probe", "\x1b[31mx"], "unknown_command", "there are list"),
    ],
)
def test_a_mistyped_command_line_is_one_error_with_exit_2(
    arguments: list[str], code: str, says: str, sentinai: Sentinai
) -> None:
    ran = sentinai(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith(f"error[{code}]: ")
    assert says in ran.err
    assert "\x1b" not in ran.err


@pytest.mark.parametrize("arguments", [["--nope"], ["--limit", "x"], ["--since", "x"], []])
def test_a_mistyped_command_line_is_reported_as_json_wherever_json_was_asked_for(
    arguments: list[str], sentinai: Sentinai
) -> None:
    for line in (["probe", "list", *arguments, "--json"], ["probe", "list", "-o", "json", *arguments, "more"]):
        ran = sentinai(*line)
        if ran.code:
            assert json.loads(ran.err)["exit"] == 2
    assert json.loads(sentinai("probe", "--json").err)["code"] == "no_command"


def test_every_exit_code_has_a_meaning_and_the_page_is_up_to_date(request: pytest.FixtureRequest) -> None:
    assert set(MEANING) == set(ExitCode)
    assert_as_expected(page(), request.config.rootpath / "docs" / "reference" / "exit-codes.md")
