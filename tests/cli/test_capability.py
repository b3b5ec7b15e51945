"""What programs are told about the command line is what the parser does."""

from pathlib import Path

import pytest

from sentinai_cli.cli.app import TABLE, root
from sentinai_cli.cli.capability import FORMATS_OF, WITHOUT_DATA, capabilities, commands
from sentinai_cli.cli.click import TyperOption
from sentinai_cli.cli.mutation import Mutation
from sentinai_cli.models.capability import SCHEMA_VERSION
from tests.cli.conftest import TREE
from tests.golden.expected_file import assert_as_expected

ALL = capabilities()


def test_the_document_of_a_small_tree_is_as_it_was() -> None:
    small = capabilities({name: TREE[name] for name in ("probe", "solo")})
    document = small.model_copy(update={"tool_version": "0", "error_codes": small.error_codes[:3]})
    assert_as_expected(document.model_dump_json(indent=1) + "\n", Path(__file__).parent / "capabilities.json")


def test_every_command_is_told_with_what_it_changes() -> None:
    assert [command.name for command in ALL.commands] == [name for name, _, _ in commands()]
    assert {command.name.partition(" ")[0] for command in ALL.commands} == TABLE.keys()
    assert {command.mutation for command in ALL.commands} <= set(Mutation)
    assert all(command.summary and command.examples for command in ALL.commands)
    assert ALL.schema_version == SCHEMA_VERSION


def test_what_has_no_data_is_a_command_that_there_is() -> None:
    assert {*WITHOUT_DATA, *FORMATS_OF} <= {command.name for command in ALL.commands}


@pytest.mark.parametrize(("name", "command"), [(name, command) for name, command, _ in commands()], ids=str)
def test_the_options_are_those_of_the_parser(name: str, command: object) -> None:
    told = next(one for one in ALL.commands if one.name == name)
    assert name.partition(" ")[0] in root().list_commands(None)  # type: ignore[arg-type]
    options = [param for param in command.params if isinstance(param, TyperOption) and param.expose_value]  # type: ignore[attr-defined]
    assert {param.opts[0] for param in options if not param.hidden} == {
        parameter.names[0] for parameter in told.parameters if parameter.kind == "option"
    }
    assert {param.opts[0] for param in options if param.is_flag and not param.hidden} == {
        parameter.names[0] for parameter in told.parameters if parameter.type == "flag"
    }


def test_a_variable_that_stands_in_for_an_option_is_told() -> None:
    listing = next(one for one in ALL.commands if one.name == "exceptions list")
    tenant = next(parameter for parameter in listing.parameters if "--tenant" in parameter.names)
    assert tenant.environment == "SENTINAI_TENANT"
    severity = next(parameter for parameter in listing.parameters if "--severity" in parameter.names)
    assert (severity.values, severity.repeatable) == (("low", "medium", "high", "critical"), True)


def test_the_exit_codes_that_errors_come_with_are_told() -> None:
    told = {meaning.code for meaning in ALL.exit_codes}
    assert {code for error in ALL.error_codes for code in error.exits} <= told
