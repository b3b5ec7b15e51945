"""Asking before something cannot be taken back."""

import pytest

from tests.cli.conftest import Sentinai


@pytest.mark.parametrize("answer", ["y", "Y", "yes", " YES "])
def test_a_yes_goes_on(answer: str, sentinai: Sentinai) -> None:
    ran = sentinai("probe", "agree", terminal=True, answers=f"{answer}\n")
    assert ran.code == 0
    assert "agreed" in ran.err


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "yup\n", "no\n"])
def test_anything_else_is_a_no(answer: str, sentinai: Sentinai) -> None:
    ran = sentinai("probe", "agree", terminal=True, answers=answer)
    assert ran.code == 7
    assert "nothing was changed" in ran.err
    assert "agreed" not in ran.err


def test_the_question_does_not_act_on_the_terminal(sentinai: Sentinai) -> None:
    assert "\x1b[2J" not in sentinai("probe", "agree", terminal=True, answers="y\n").err


def test_the_flag_answers_without_a_question(sentinai: Sentinai) -> None:
    ran = sentinai("probe", "agree", "--yes")
    assert ran.err == "agreed\n"


@pytest.mark.parametrize(
    ("command", "flag"), [("agree", "--yes"), ("purge", "--confirm")], ids=["a yes or no", "a typed name"]
)
@pytest.mark.parametrize("surroundings", ["no terminal", "no input"])
def test_with_nobody_to_ask_it_fails_at_once_and_names_the_flag(
    command: str, flag: str, surroundings: str, sentinai: Sentinai
) -> None:
    if surroundings == "no terminal":
        ran = sentinai("probe", command)
    else:
        ran = sentinai("probe", command, "--no-input", terminal=True, answers="y\nACME\n")
    assert ran.code == 7
    assert flag in ran.err
    assert "agreed" not in ran.err
    assert "erased" not in ran.err


def test_a_name_must_be_typed_exactly(sentinai: Sentinai) -> None:
    assert sentinai("probe", "purge", terminal=True, answers="ACME\n").code == 0
    for answer in ("acme\n", "y\n", "\n", "ACMEE\n"):
        ran = sentinai("probe", "purge", terminal=True, answers=answer)
        assert ran.code == 7
        assert "erased" not in ran.err


def test_a_yes_is_not_a_name(sentinai: Sentinai) -> None:
    assert sentinai("probe", "purge", "--yes").code == 7
    assert sentinai("probe", "purge", "--confirm", "acme").code == 7
    assert sentinai("probe", "purge", "--confirm", "ACME").err == "erased\n"
