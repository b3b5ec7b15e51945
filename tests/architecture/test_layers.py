"""Every module has a place, and every package that is imported is declared.

The import contracts themselves run in `make check`; here stands what they cannot see.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text())
CONTRACTS = {contract["id"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}
DISTRIBUTION_OF = {"dotenv": "python-dotenv", "cel_expr_python": "cel-expr-python", "pydantic_core": "pydantic"}


def modules() -> set[str]:
    """The top-level modules and packages of sentinai_cli."""
    return {
        path.stem
        for path in (TOP / "sentinai_cli").iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").exists()
    }


def imports(*places: str) -> Iterator[tuple[Path, str]]:
    """Each file with the top-level name of everything that it imports."""
    for place in places:
        for path in sorted((TOP / place).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Import):
                    yield from ((path, alias.name.partition(".")[0]) for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                    yield path, node.module.partition(".")[0]


def test_every_module_stands_in_exactly_one_layer() -> None:
    layers = CONTRACTS["layers"]["layers"]
    placed = [name.strip(" ()") for layer in layers for name in layer.split("|")]
    assert len(placed) == len(set(placed))
    assert modules() - set(placed) == set()
    assert CONTRACTS["layers"]["exhaustive"]


@pytest.mark.parametrize(
    ("contract", "may"),
    [
        ("database", {"db"}),
        ("terminal", {"cli", "render"}),
        ("vocabularies", {"config", "packs", "seeding"}),
    ],
)
def test_a_new_module_does_not_escape_the_contracts_by_being_new(contract: str, may: set[str]) -> None:
    bound = {name.removeprefix("sentinai_cli.") for name in CONTRACTS[contract]["source_modules"]}
    assert modules() - may == bound


EXTRAS = {"keyring": "sentinai_cli/config/password.py"}
"""Packages of an extra that are imported, and the one file that does it when it must."""


def test_what_only_an_extra_brings_is_imported_in_one_place() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    for name, file in EXTRAS.items():
        assert any(line.startswith(name) for lines in extras.values() for line in lines)
        assert {str(path.relative_to(TOP)) for path, imported in imports("sentinai_cli") if imported == name} == {file}


def test_every_package_that_is_imported_is_declared() -> None:
    declared = {line.split(">")[0].split("[")[0] for line in PROJECT["project"]["dependencies"]} | EXTRAS.keys()
    foreign = {
        name
        for _, name in imports("sentinai_cli", "migrations")
        if name not in sys.stdlib_module_names and name != "sentinai_cli"
    }
    assert {DISTRIBUTION_OF.get(name, name) for name in foreign} <= declared


def test_the_package_needs_no_test_or_benchmark() -> None:
    assert not [path for path, name in imports("sentinai_cli", "migrations") if name in {"tests", "benchmarks"}]
