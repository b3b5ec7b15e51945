"""Untrusted text on its way to a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentinai_cli.render.text import safe

ACTS_ON_A_TERMINAL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

ATTACKS = {
    "colour": "\x1b[31mred",
    "clear the screen": "\x1b[2J\x1b[H",
    "window title": "\x1b]0;owned\x07",
    "clipboard": "\x1b]52;c;ZXZpbA==\x07",
    "link": "\x1b]8;;http://evil\x1b\\here\x1b]8;;\x1b\\",
    "C1 control sequence": "\x9b31m",
    "carriage return over the line": "ok\rFAILED",
    "line break": "one\nerror: two",
    "NUL": "a\x00b",
    "backspace": "abc\x08\x08\x08xyz",
    "right to left override": "exe.\u202etxt",
    "bidi isolate": "\u2066hidden\u2069",
    "zero width": "ad\u200bmin\ufeff",
    "tag characters": "a\U000e0041b",
    "line separator": "a\u2028b\u2029c",
    "lone surrogate": "a\udcffb",
    "private use": "a\ue000b",
    "delete": "a\x7fb",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_becomes_something_to_look_at(attack: str) -> None:
    shown = safe(attack)
    assert shown.isprintable()
    assert shown != attack


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_nothing_that_acts_on_a_terminal_is_left(text: str) -> None:
    assert not {unicodedata.category(char) for char in safe(text)} & ACTS_ON_A_TERMINAL


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"]), max_size=60))
def test_harmless_text_of_any_script_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_what_was_escaped_can_be_told_from_its_escape() -> None:
    assert safe("\x1b \x9b \u202e \U000e0041 \n \t \r") == r"\x1b \x9b \u202e \U000e0041 \n \t \r"
