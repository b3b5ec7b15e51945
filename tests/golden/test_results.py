"""Every result in every format, byte for byte."""

import pytest

from tests.golden.expected_file import assert_as_expected
from tests.golden.sample import SAMPLES
from tests.golden.terminal import Terminal, shown


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("output", ["json", "jsonl", "csv", "tsv"])
def test_a_result_as_data_is_what_it_was(name: str, output: str) -> None:
    assert_as_expected(shown(SAMPLES[name], output), f"{name}.{output}")


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_result_on_a_terminal_is_what_it_was(name: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    assert_as_expected(shown(SAMPLES[name], stream=Terminal()), f"{name}.{width}.txt")
