"""Whose data a command is about."""

import pytest

from tests.commands.conftest import FINANCE, HEALTHCARE
from tests.commands.operator import Operator, Ran
from tests.commands.reading import words_of

SCOPED = (
    "exceptions list",
    "exceptions stats",
    "exceptions show EXCEPTION",
    "events verify",
    "packs list",
    "packs show domain:Finance",
)


def _tenants(ran: Ran) -> set[str]:
    return {item["tenant_id"] for item in ran.document["items"]}


@pytest.mark.parametrize("line", SCOPED)
def test_without_a_tenant_all_are_covered_and_that_is_said(line: str, reader: Operator) -> None:
    assert "all tenants; --tenant ID narrows it to one" in reader(*words_of(line, reader)).err
    assert "all tenants" not in reader(*words_of(line, reader), "--all-tenants").err


@pytest.mark.parametrize("line", SCOPED)
@pytest.mark.parametrize("how", ["flag", "alias", "variable", "profile"])
def test_a_tenant_that_does_not_exist_is_never_an_empty_result(line: str, how: str, reader: Operator) -> None:
    words, environ = words_of(line, reader), {}
    if how == "variable":
        environ = {"SENTINAI_TENANT": "NOPE"}
    elif how == "profile":
        url = reader.environ.pop("SENTINAI_DATABASE_URL")
        (reader.cwd / "sentinai.toml").write_text(f'[profiles.here]\ndatabase_url = "{url}"\ntenant = "NOPE"\n')
        words += ["--profile", "here"]
    else:
        words += ["--tenant" if how == "flag" else "--tenant-id", "NOPE"]
    ran = reader.given(**environ)(*words, "-o", "json")
    assert (ran.code, ran.out) == (3, "")
    assert ran.failure["code"] == "tenant_not_found"
    assert ran.failure["fix"] == "sentinai tenants list"


def test_a_list_right_after_seeding_holds_both_tenants(reader: Operator) -> None:
    ran = reader("exceptions", "list", "-o", "json")
    assert _tenants(ran) == {FINANCE, HEALTHCARE}
    assert "all tenants" in ran.err


def test_the_flag_is_stronger_than_the_variable_and_the_variable_than_the_profile(reader: Operator) -> None:
    words = ("exceptions", "list", "-o", "json")
    (reader.cwd / "sentinai.toml").write_text('profile = "here"\n[profiles.here]\ntenant = "NOPE"\n')
    by_variable = reader.given(SENTINAI_TENANT=HEALTHCARE)(*words)
    assert _tenants(by_variable) == {HEALTHCARE}
    assert f"tenant {HEALTHCARE} (from environment SENTINAI_TENANT); --all-tenants covers every" in by_variable.err
    assert _tenants(reader.given(SENTINAI_TENANT=HEALTHCARE)(*words, "--tenant", FINANCE)) == {FINANCE}
    assert _tenants(reader.given(SENTINAI_TENANT=HEALTHCARE)(*words, "--all-tenants")) == {FINANCE, HEALTHCARE}


def test_the_tenant_of_a_profile_is_used_and_named(reader: Operator) -> None:
    url = reader.environ.pop("SENTINAI_DATABASE_URL")
    text = f'[profiles.here]\ndatabase_url = "{url}"\ntenant = "{FINANCE}"\n'
    (reader.cwd / "sentinai.toml").write_text(text)
    ran = reader("exceptions", "list", "--profile", "here", "-o", "json")
    assert _tenants(ran) == {FINANCE}
    assert f"tenant {FINANCE} (from project file sentinai.toml)" in ran.err


def test_a_tenant_and_all_tenants_contradict_each_other(reader: Operator) -> None:
    ran = reader("exceptions", "list", "--tenant", FINANCE, "--all-tenants", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (2, "scope_given_twice")


@pytest.mark.parametrize("tenant_id", ["", "a b", "x" * 65, "-x", "a/b", "ü", "x\x1b[31m", "x' OR 1=1 --"])
def test_what_cannot_be_a_tenant_id_is_told_apart_from_an_unknown_one(tenant_id: str, reader: Operator) -> None:
    ran = reader("exceptions", "list", f"--tenant={tenant_id}", "-o", "json")
    assert (ran.code, ran.out, ran.failure["code"]) == (2, "", "invalid_tenant_id")


def test_a_command_that_changes_something_asks_for_the_tenant_and_lists_them(seeded: Operator) -> None:
    before = seeded.journal()
    ran = seeded("packs", "activate", "domain:Finance", "-o", "json")
    assert (ran.code, ran.failure["code"]) == (2, "tenant_needed")
    assert f"tenants: {FINANCE}, {HEALTHCARE}" in ran.failure["why"]
    assert seeded.journal() == before


def test_an_empty_list_is_a_header_and_no_error(reader: Operator) -> None:
    ran = reader("exceptions", "list", "--type", "NO_SUCH_TYPE", "--tenant", FINANCE)
    assert (ran.code, ran.err) == (0, "no exception has the type NO_SUCH_TYPE\n")
    assert len(ran.out.splitlines()) == 1
    assert ran.out.startswith("exception_id\ttenant_id\t")
    assert reader("exceptions", "list", "--type", "NO_SUCH_TYPE", "-o", "json").document["items"] == []
    assert reader("exceptions", "list", "--type", "NO_SUCH_TYPE", "-o", "jsonl").out == ""
    assert reader("exceptions", "list", "--type", "X", terminal=True).out.count("No exceptions match.") == 1


@pytest.mark.parametrize("line", ["exceptions list", "tenants list", "packs list", "operations list"])
def test_an_empty_database_has_empty_lists(line: str, migrated: Operator) -> None:
    ran = migrated(*line.split())
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 1
    assert migrated(*line.split(), terminal=True).code == 0
