"""The pages say what the code says, and their links lead somewhere."""

import re
import runpy
from pathlib import Path

import pytest

from sentinai_cli.config import load_settings

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


def _anchors(page: Path) -> set[str]:
    """The anchors of a page: its headings as a reader of Markdown names them, and those that are spelled out."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    named = {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
    return named | set(re.findall(r'<a id="([^"]+)"', text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(TOP)))
def test_every_link_into_a_page_leads_to_a_heading(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"\]\(([^)\s#:]*)#([^)\s]+)\)", text)
    wrong = [
        f"{name}#{anchor}" for name, anchor in found if anchor not in _anchors(page.parent / name if name else page)
    ]
    assert wrong == []


def test_the_readme_names_only_targets_that_the_makefile_has() -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*)(?: [a-z]+)*:", (TOP / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"^\s*make ([a-z][a-z-]*)", (TOP / "README.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert named <= targets


def test_every_variable_that_is_read_is_documented_and_in_the_example() -> None:
    text = (TOP / "docs" / "configuration.md").read_text(encoding="utf-8")
    source = "\n".join(path.read_text() for path in (TOP / "sentinai_cli").rglob("*.py"))
    variables = set(re.findall(r"\"((?:SENTINAI|DB)_[A-Z_]+|DATABASE_URL|NO_COLOR|TERM)\"", source))
    assert len(variables) > 15
    example = (TOP / ".env.example").read_text(encoding="utf-8")
    assert {name for name in variables if f"`{name}`" not in text or name not in example} == set()


def test_every_line_of_the_example_can_be_uncommented(tmp_path: Path) -> None:
    lines = (TOP / ".env.example").read_text(encoding="utf-8").splitlines()
    ours = [line.removeprefix("#") for line in lines if re.match(r"#[A-Z_]+=.", line)]
    assert len(ours) > 10
    (tmp_path / ".env").write_text("\n".join(ours))
    settings = load_settings(profile=None, environ={}, cwd=tmp_path)
    assert settings.origins["database_url"] == ".env SENTINAI_DATABASE_URL"
    assert settings.origins["pool_size"] == ".env DB_POOL_SIZE"


def test_the_map_leads_to_every_page() -> None:
    text = (TOP / "docs" / "README.md").read_text(encoding="utf-8")
    pages = [
        page for page in (TOP / "docs").rglob("*.md") if page.name != "README.md" and page.parent.name != "decisions"
    ]
    assert [str(page) for page in pages if f"({page.relative_to(TOP / 'docs')})" not in text] == []
