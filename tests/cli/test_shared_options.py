"""The options that every command has."""

import json

import pytest

from tests.cli.conftest import Sentinai


@pytest.mark.parametrize(
    "arguments",
    [
        ["--json", "probe", "list"],
        ["probe", "--json", "list"],
        ["probe", "list", "--json"],
        ["-o", "json", "probe", "list"],
        ["probe", "list", "--output=json"],
        ["--json", "probe", "list", "-ojson"],
    ],
)
def test_they_are_accepted_before_and_after_the_command(arguments: list[str], sentinai: Sentinai) -> None:
    ran = sentinai(*arguments)
    assert ran.code == 0
    assert len(json.loads(ran.out)["items"]) == 3


def test_fields_given_twice_add_up(sentinai: Sentinai) -> None:
    ran = sentinai("--fields", "type", "probe", "list", "--fields", "status, type")
    assert ran.out.splitlines()[0] == "type\tstatus"


def test_a_terminal_gets_a_table_and_a_pipe_gets_tsv(sentinai: Sentinai) -> None:
    assert sentinai("probe", "list").out.startswith("exception_id\ttenant_id\t")
    assert "EXCEPTION" in sentinai("probe", "list", terminal=True).out


def test_quiet_leaves_nothing_on_standard_error_and_all_data(sentinai: Sentinai) -> None:
    loud, quiet = sentinai("probe", "list"), sentinai("probe", "list", "-q")
    assert quiet.err == ""
    assert "all tenants" in loud.err
    assert loud.out == quiet.out


def test_a_list_that_goes_on_says_so(sentinai: Sentinai) -> None:
    notice = "3 shown, more exist: --all reads everything, or go on with\n--cursor b3BhcXVl\n"
    assert sentinai("probe", "list").err.endswith(notice)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-o", "xml"], "unknown_output"),
        (["--json", "-o", "csv"], "output_given_twice"),
        (["--fields", "a,,b"], "empty_field"),
        (["--fields", "nope"], "unknown_field"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_line(arguments: list[str], code: str, sentinai: Sentinai) -> None:
    ran = sentinai("probe", "list", "-q", *arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert code in ran.err
