"""Texts that are pinned byte for byte. `UPDATE_GOLDEN=1 pytest …` writes them anew, to be read in the diff."""

import os
from pathlib import Path

DIRECTORY = Path(__file__).parent / "expected"


def assert_as_expected(text: str, name: str | Path) -> None:
    """Compare with tests/golden/expected/NAME, or with the file at an absolute path."""
    path = DIRECTORY / name
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    with path.open(encoding="utf-8", newline="") as file:
        expected = file.read()
    assert text == expected, f"{path} differs; UPDATE_GOLDEN=1 writes it anew"
