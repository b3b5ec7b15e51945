"""What each command of the tree has: help, an error that says what to do, a place in the reference, a schema."""

import pytest

from sentinai_cli.render.schema import result_schemas
from tests.commands.operator import Operator
from tests.commands.test_examples import COMMANDS
from tests.docs.page import TOP
from tests.golden.sample import SAMPLES

REFERENCE = (TOP / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
SCHEMAS = result_schemas().schemas


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_a_mistake_in_any_command_is_one_error_with_the_way_to_its_help(
    path: tuple[str, ...], operator: Operator
) -> None:
    ran = operator(*path, "--no-such-option", "-o", "json")
    assert (ran.code, ran.out) == (2, "")
    assert ran.failure["code"] == "unknown_option"
    assert ran.failure["fix"] == f"sentinai {' '.join(path)} --help"
    assert operator(*ran.failure["fix"].split()[1:]).code == 0


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_a_part_in_the_reference(path: tuple[str, ...]) -> None:
    assert f"\n## {' '.join(path)}\n" in REFERENCE


def _name_of(model: object) -> str:
    name = type(model).__name__
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


@pytest.mark.parametrize("name", SAMPLES)
def test_a_result_has_the_members_that_its_schema_says(name: str) -> None:
    model = SAMPLES[name]
    schema = SCHEMAS.get(_name_of(model))
    if schema is None:
        assert name == "result_schemas"
        return
    properties, required = schema["properties"], schema.get("required", [])
    assert isinstance(properties, dict)
    assert isinstance(required, list)
    dumped = model.model_dump(mode="json")
    assert set(required) <= dumped.keys() <= set(properties)
