"""Every result in every format and at every width, byte for byte: one file for each shows all its faces."""

import pytest

from tests.golden.expected_file import DIRECTORY, assert_as_expected
from tests.golden.sample import SAMPLES
from tests.golden.terminal import Terminal, shown


@pytest.mark.parametrize("name", SAMPLES)
def test_a_result_looks_and_reads_as_it_did(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    faces = []
    for width in (60, 80, 120, 200):
        monkeypatch.setenv("COLUMNS", str(width))
        faces.append(f"=== terminal, {width} columns\n{shown(SAMPLES[name], stream=Terminal())}")
    formats = ("table", "tsv", "csv", "jsonl", "json")
    faces += [f"=== {output} in a pipe\n{shown(SAMPLES[name], output)}" for output in formats]
    assert_as_expected("".join(faces), f"{name}.golden")


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in DIRECTORY.iterdir()} == set(SAMPLES)
