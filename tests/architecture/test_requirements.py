"""The pins: exact, hashed, without addresses, and in agreement with the declared ranges."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

TOP = Path(__file__).parents[2]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())
NAMES = ("runtime", "dev", "build")
EXTRAS = [Requirement(text) for text in PROJECT["project"]["optional-dependencies"]["embedded"]]
DECLARED = [Requirement(text) for text in PROJECT["project"]["dependencies"]] + EXTRAS
GROUPS = {
    name: [Requirement(entry) for entry in entries if isinstance(entry, str)]
    for name, entries in PROJECT["dependency-groups"].items()
}
NEEDS = {"runtime": DECLARED, "build": GROUPS["build"], "dev": [*DECLARED, *GROUPS["build"], *GROUPS["dev"]]}


def text(name: str) -> str:
    return (TOP / "requirements" / f"{name}.txt").read_text()


def entries(name: str) -> list[str]:
    """One line an entry, comments removed and continued lines joined."""
    joined = re.sub(r"^\s*#.*\n", "", text(name), flags=re.MULTILINE).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip()]


def pins(name: str) -> dict[str, Version]:
    requirements = [Requirement(entry.partition("--hash")[0]) for entry in entries(name)]
    return {canonicalize_name(each.name): Version(next(iter(each.specifier)).version) for each in requirements}


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_is_exact_and_hashed(name: str) -> None:
    shape = re.compile(r"[a-z0-9-]+(\[[a-z,]+\])?==[0-9a-z.+]+( ; [^\\]+?)?\s+--hash=sha256:[0-9a-f]{64}")
    for entry in entries(name):
        assert shape.match(entry), entry


@pytest.mark.parametrize("name", NAMES)
def test_no_pin_says_where_to_download_from(name: str) -> None:
    assert "://" not in text(name)
    assert not re.search(r"^\s*-", re.sub(r"^\s+--hash=.*\n", "", text(name), flags=re.MULTILINE), re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_every_declared_requirement_is_pinned_inside_its_range(name: str) -> None:
    pinned = pins(name)
    for requirement in NEEDS[name]:
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), str(requirement)


@pytest.mark.parametrize("name", ["runtime", "build"])
def test_development_has_the_versions_that_operators_run(name: str) -> None:
    assert pins(name).items() <= pins("dev").items()


def test_platform_wheels_are_hashed_for_every_supported_platform_and_python() -> None:
    compiled = next(entry for entry in entries("runtime") if entry.startswith("pydantic-core=="))
    pythons, platforms = 4, 4  # 3.11 to 3.14; Linux and macOS on two processors each
    assert compiled.count("--hash") >= pythons * platforms
