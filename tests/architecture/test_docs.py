"""The pages say what the code says, and their links lead somewhere."""

import re
import runpy
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PAGES = sorted([*TOP.glob("*.md"), *(TOP / "docs").rglob("*.md")])


def test_the_generated_pages_are_up_to_date() -> None:
    assert runpy.run_path(str(TOP / "docs" / "generate.py"))["stale"]() == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    targets = re.findall(r"\]\(([^)\s#]+)[^)]*\)|<img[^>]+src=\"([^\"]+)\"", text)
    named = [link or image for link, image in targets if "://" not in (link or image)]
    assert [name for name in named if not (page.parent / name).exists()] == []


def test_the_readme_names_only_targets_that_the_makefile_has() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*)(?: [a-z]+)*:", (TOP / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"^\s*make ([a-z][a-z-]*)", (TOP / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets


def test_every_setting_is_documented() -> None:
    text = (TOP / "docs" / "settings.md").read_text(encoding="utf-8")
    source = "\n".join(path.read_text() for path in (TOP / "sentinai_cli" / "config").glob("*.py"))
    variables = set(re.findall(r"\"((?:SENTINAI|DB)_[A-Z_]+|DATABASE_URL)\"", source))
    assert {name for name in variables if f"`{name}`" not in text} == set()
